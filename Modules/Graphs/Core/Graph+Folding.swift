import Tensors

/// How much may be computed while a graph is built, before any data is known.
///
/// Shape arithmetic is short. But a file of a few bytes can ask for constants that fill the memory, or for hours of
/// arithmetic on them; what a budget does not cover is computed when a program runs, in memory that was planned.
public struct FoldingBudget: Sendable {
    /// Elements read or written, and multiply-adds, that are left.
    public private(set) var left = 1 << 25
    /// Elements of tensors of one number that a program may still be asked to make: 512 MiB in single precision.
    ///
    /// Such a tensor costs a file no byte, so the file's length says nothing of whether it is meant. ONNX's light models
    /// make VGG-19's dense layers so, 120 million elements in all, and networks with larger ones store them; with this and a
    /// kernel's own copy of its weights a file of a few hundred bytes cannot fill more than a gigabyte.
    public private(set) var fillings = 1 << 27

    /// A full budget.
    public init() {}

    /// Takes a tensor of one number off, if it is covered.
    mutating func coversFilling(_ count: Int) -> Bool {
        guard count <= fillings else { return false }
        fillings -= count
        return true
    }

    /// Takes a node's work off, if it is covered.
    mutating func covers(_ work: [Int]) -> Bool {
        var rest = left
        for part in work {
            guard part <= rest else { return false }
            rest -= part
        }
        left = rest
        return true
    }
}

extension Graph {
    /// The most elements that a value which follows from integers may have.
    private static let longestConstant = 1 << 22

    /// The results of an operator whose operands are all constants, without adding a node.
    ///
    /// - Parameters:
    ///   - operation: the operator with its attributes.
    ///   - inputs: its operands; `nil` leaves an optional one out.
    ///   - name: the node's name in messages.
    ///   - budget: what may still be computed.
    /// - Returns: `nil` if an operand is no constant (nor a parameter whose shape alone counts), if the results are
    ///   random, or if the budget does not cover them.
    /// - Throws: ``GraphError`` if the operator does not accept the operands.
    public func constants(
        of operation: any Operator, inputs: [ValueID?], node name: String, budget: inout FoldingBudget
    ) throws(GraphError) -> [Constant]? {
        guard isConstant(inputs) || isShapeOfParameter(operation, inputs),
            let types = try outputTypes(of: operation, inputs: inputs, node: name)
        else {
            return nil
        }
        var node = Node(name: name, operation: operation, inputs: inputs, outputs: [])
        node.operation = operation.resolved(for: operands(of: node))
        return try fold(node, types: types, budget: &budget)
    }

    /// The results of a node that no data reaches, or `nil` if it has to run.
    func fold(
        _ node: Node, types: [ValueType], budget: inout FoldingBudget
    ) throws(GraphError) -> [Constant]? {
        // Nothing is computed, however many empty rows there are.
        if isConstant(node.inputs), node.operation.isPure, types.allSatisfy({ $0.count == 0 }) {
            return try types.map { type throws(GraphError) in try Constant.empty(type) }
        }
        let operands = operands(of: node)
        let constants = node.inputs.map { $0.flatMap { self[$0].constant } }
        let work = constants.map { $0?.type.count ?? 0 } + types.map(\.count)
        // Integers exist only before a program runs, so what comes of them alone has to be known by then.
        let isInteger = node.inputs.first?.flatMap { type(of: $0)?.kind } == .integer
        if isInteger && isConstant(node.inputs) || types.contains(where: { $0.kind == .integer }) {
            guard types.allSatisfy({ $0.count <= Self.longestConstant }), budget.covers(work) else {
                // One that holds real numbers needs no memory before the program runs, where it is planned like any other.
                if node.operation is ConstantOfShape,
                    types.allSatisfy({ $0.kind == .real && budget.coversFilling($0.count) })
                {
                    return nil
                }
                throw .badOperands(
                    node: node.name, operation: Swift.type(of: node.operation).name,
                    reason: "a result of the shape \(types.map { Shape.describe($0.shape) }.joined(separator: ", ")) "
                        + "is too large to be computed before any data is known")
            }
            if let folded = node.operation.fold(operands) { return folded }
        }
        guard types.allSatisfy({ $0.kind == .real }) else {
            throw .integersDependOnData(node: node.name, operation: Swift.type(of: node.operation).name)
        }
        guard isConstant(node.inputs), node.operation.isPure else { return nil }
        let multiplyAdds = node.operation.multiplyAdds(
            inputs: node.inputs.map { $0.flatMap { type(of: $0) } }, outputs: types)
        guard budget.covers(work + [multiplyAdds]) else { return nil }
        if let folded = node.operation.fold(operands) { return folded }
        return try ReferenceBackend.evaluate(node.operation, constants, types: types, node: node.name)
    }

    /// What is known of a node's operands.
    func operands(of node: Node) -> OperandInfos {
        OperandInfos(
            node.inputs.map { id in
                id.flatMap { id in self[id].type.map { OperandInfo(type: $0, constant: self[id].constant) } }
            })
    }

    /// Whether an operator asks for the shape of a parameter, which every program knows.
    private func isShapeOfParameter(_ operation: any Operator, _ operands: [ValueID?]) -> Bool {
        guard operation is ShapeOf || operation is SizeOf, let operand = operands.first.flatMap({ $0 }) else {
            return false
        }
        if case .parameter = self[operand].role { return true }
        return false
    }

    private func isConstant(_ operands: [ValueID?]) -> Bool {
        !operands.isEmpty && operands.allSatisfy { $0.map { self[$0].constant != nil } ?? true }
    }
}
