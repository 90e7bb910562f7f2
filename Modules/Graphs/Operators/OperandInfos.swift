import Tensors

/// The operands that a shape rule sees, with the checks that shape rules share.
public struct OperandInfos: Sendable {
    private let list: [OperandInfo?]

    /// The operands in order; `nil` where an optional one is left out.
    public init(_ list: [OperandInfo?]) { self.list = list }

    /// The number of operands, those left out at the end not counted.
    public var count: Int { (list.lastIndex { $0 != nil } ?? -1) + 1 }

    /// An operand that may be left out.
    public subscript(index: Int) -> OperandInfo? { index < list.count ? list[index] : nil }

    /// The shape of an operand that must be there, must be real and, where `rank` is given, must have that rank.
    public func shape(_ index: Int, _ name: String, rank: Int? = nil) throws -> [Int] {
        guard let operand = self[index] else { throw OperandError("operand \(index) (\(name)) is missing") }
        guard operand.type.kind == .real else {
            throw OperandError("operand \(index) (\(name)) must hold real numbers, not integers")
        }
        if let rank, operand.type.shape.count != rank {
            throw OperandError(
                "operand \(index) (\(name)) must have \(rank) dimensions, but its shape is "
                    + Shape.describe(operand.type.shape))
        }
        return operand.type.shape
    }

    /// The shape of operands that must all be there, hold real numbers and have one shape.
    public func commonShape(_ names: String...) throws -> [Int] {
        try expect(names.count...names.count)
        let first = try shape(0, names[0])
        for (index, name) in names.enumerated().dropFirst() {
            _ = try shape(index, name)
            try expectShape(index, name, first)
        }
        return first
    }

    /// The elements of an integer operand that must be known before any data is.
    public func integers(_ index: Int, _ name: String) throws -> [Int] {
        guard let operand = self[index] else { throw OperandError("operand \(index) (\(name)) is missing") }
        guard let integers = operand.constant?.integers else {
            throw OperandError("operand \(index) (\(name)) must be integers that do not depend on data")
        }
        return integers
    }

    /// Checks the number of operands.
    public func expect(_ range: ClosedRange<Int>) throws {
        guard range.contains(count) else {
            let wanted = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw OperandError("takes \(wanted) operands, but was given \(count)")
        }
    }

    /// Checks that an operand that may be left out has a given shape if it is there.
    public func expectShape(_ index: Int, _ name: String, _ expected: [Int]) throws {
        guard self[index] != nil else { return }
        let shape = try shape(index, name)
        guard shape == expected else {
            throw OperandError(
                "operand \(index) (\(name)) must have the shape \(Shape.describe(expected)), "
                    + "but has \(Shape.describe(shape))")
        }
    }
}
