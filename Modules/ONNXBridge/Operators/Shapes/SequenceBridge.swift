import Graphs

/// `SplitToSequence` and `SequenceAt`: a list of parts of which some are taken, as exporters write `chunk` and `split`.
/// Each part that is taken becomes a `Slice`. Lists that are used in another way are not supported.
enum SequenceBridge: OperatorBridge {
    static let opTypes = ["SplitToSequence", "SequenceAt"]

    /// The parts of a tensor along one dimension.
    struct Parts: Sendable {
        /// The tensor.
        let source: ValueID
        /// The dimension.
        let axis: Int
        /// The size of all parts but the last one, or the size of each.
        let sizes: Constant
        /// Whether parts of size 1 lose the dimension.
        let dropsAxis: Bool

        /// Parts of one size cover the dimension, the last one may be shorter; sizes of each have to fit.
        var overhang: Slice.Overhang { sizes.type.shape.isEmpty ? .atEnd : .refused }

        /// Where a part begins and ends; negative numbers count from the last part.
        func bounds(of index: Int) throws -> (start: Int, end: Int) {
            guard case .integer(let shape, let elements) = sizes, elements.allSatisfy({ (0...1 << 40).contains($0) })
            else { throw OperandError("the sizes of the parts must be integers from 0 on") }
            if shape.isEmpty, let size = elements.first {
                guard (0...1 << 20).contains(index), size > 0 else {
                    throw OperandError("part \(index) of parts of size \(size) is not one that can be taken")
                }
                return (index * size, (index + 1) * size)
            }
            let place = index < 0 ? index + elements.count : index
            guard elements.indices.contains(place), elements.count <= 1 << 16 else {
                throw OperandError("there is no part \(index) of \(elements.count)")
            }
            let start = elements[..<place].reduce(0, +)
            return (start, start + elements[place])
        }
    }

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        node.node.opType == "SequenceAt" ? try element(&node) : try split(&node)
    }

    private static func split(_ node: inout NodeReader) throws -> NodeReading {
        let axis = try node.integer("axis", default: 0)
        let keeps = try node.flag("keepdims", default: true)
        guard let source = node.operands.first.flatMap({ $0 }), node.operands.count <= 2 else {
            throw OperandError("takes 1 to 2 operands, but was given \(node.operands.count)")
        }
        let isGiven = node.operands.count == 2 && node.operands[1] != nil
        guard let sizes = isGiven ? node.values[1]?.constant : .integer(shape: [], [1]), sizes.integers != nil else {
            throw OperandError("operand 1 (split) must be integers that do not depend on data")
        }
        let parts = Parts(source: source, axis: axis, sizes: sizes, dropsAxis: !isGiven && !keeps)
        let name = node.node.outputs.first ?? ""
        return .operations { builder in
            let list = builder.graph.addPlaceholder(name)
            builder.sequences[list] = parts
            return [list]
        }
    }

    private static func element(_ node: inout NodeReader) throws -> NodeReading {
        guard node.operands.count == 2, let list = node.operands[0], let index = try node.scalar(1, "position"),
            let place = Int(exactly: index)
        else { throw OperandError("it must have a list and a place in it that does not depend on data") }
        return .operations { builder in
            guard let parts = builder.sequences[list] else {
                throw OperandError("only lists that SplitToSequence makes are supported")
            }
            let (start, end) = try parts.bounds(of: place)
            let part = try builder.apply(
                Slice(starts: [start], ends: [end], axes: [parts.axis], overhang: parts.overhang), parts.source)
            return [parts.dropsAxis ? try builder.apply(Squeeze(axes: [parts.axis]), part) : part]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? { nil }
}
