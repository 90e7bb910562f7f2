import Buffers
import Tensors

extension Graph {
    /// Adds a value that the caller gives for each run.
    ///
    /// - Parameters:
    ///   - name: its name in files and messages.
    ///   - dimensions: its shape; symbolic dimensions are fixed by each program.
    ///   - kind: real numbers (the default) or integers.
    public mutating func addInput(
        _ name: String, dimensions: [Dimension], kind: ValueType.Kind = .real
    ) -> ValueID {
        let isKnown = dimensions.dropFirst().allSatisfy { $0.size != nil }
        let type = isKnown ? ValueType(kind, dimensions.map { $0.size ?? 1 }) : nil
        let id = addValue(Value(name: name, role: .input(dimensions, kind: kind), type: type))
        inputs.append(id)
        return id
    }

    /// Adds a parameter: a named slice of the parameter vector.
    public mutating func addParameter(_ name: String, shape: [Int], kind: ParameterKind) -> ValueID {
        let id = addValue(Value(name: name, role: .parameter(kind), type: .real(shape)))
        parameters.append(id)
        return id
    }

    /// Adds a value that is known before any data is.
    public mutating func addConstant(_ constant: Constant, name: String = "") -> ValueID {
        addValue(Value(name: name, role: .constant(constant), type: constant.type))
    }

    /// Marks a value as one that the caller gets.
    public mutating func addOutput(_ id: ValueID) { outputs.append(id) }

    /// Replaces what the caller gets.
    public mutating func keepOutputs(_ ids: [ValueID]) { outputs = ids }

    /// Gives a value another name. That of a parameter is its name in the layout as well.
    public mutating func rename(_ id: ValueID, to name: String) { values[id.index].name = name }

    /// Applies an operator.
    ///
    /// - Parameters:
    ///   - operation: the operator with its attributes.
    ///   - inputs: its operands; `nil` leaves an optional one out.
    ///   - name: the node's name; by default the operator's with a number.
    ///   - outputNames: the results' names; by default the node's.
    /// - Returns: the results.
    /// - Throws: ``GraphError/badOperands(node:operation:reason:)`` if the operator does not accept the operands. Where
    ///   the type of an operand is not known yet, that is checked when the graph is specialised.
    @discardableResult
    public mutating func append(
        _ operation: any Operator, inputs: [ValueID?], name: String? = nil, outputNames: [String] = []
    ) throws(GraphError) -> [ValueID] {
        let label = name ?? "\(Swift.type(of: operation).name)_\(nodes.count)"
        let types = try outputTypes(of: operation, inputs: inputs, node: label)
        let count = types?.count ?? operation.outputCount
        let outputs = (0..<count).map { index in
            let fallback = index == 0 ? label : "\(label)_\(index)"
            return addValue(
                Value(
                    name: index < outputNames.count ? outputNames[index] : fallback, role: .result,
                    type: types?[index]))
        }
        nodes.append(Node(name: label, operation: operation, inputs: inputs, outputs: outputs))
        return outputs
    }

    /// Applies an operator with one result. See ``append(_:inputs:name:outputNames:)``.
    public mutating func apply(
        _ operation: any Operator, _ inputs: ValueID?..., name: String? = nil
    ) throws(GraphError) -> ValueID {
        try append(operation, inputs: inputs, name: name)[0]
    }

    /// The types of an operator's results, or `nil` while an operand's type is not known.
    func outputTypes(
        of operation: any Operator, inputs: [ValueID?], node: String
    ) throws(GraphError) -> [ValueType]? {
        var operands: [OperandInfo?] = []
        for input in inputs {
            guard let input else {
                operands.append(nil)
                continue
            }
            guard let type = self[input].type else { return nil }
            // Integers that a node computes are known once the graph is specialised; until then nothing follows.
            if case .result = self[input].role, type.kind == .integer { return nil }
            guard type.isPlausible, self[input].constant?.integers.map({ $0.count == type.count }) ?? true else {
                throw .badOperands(
                    node: node, operation: Swift.type(of: operation).name,
                    reason: "the operand '\(self[input].name)' cannot have the shape \(Shape.describe(type.shape))")
            }
            operands.append(OperandInfo(type: type, constant: self[input].constant))
        }
        let types: [ValueType]
        do {
            types = try operation.outputTypes(for: OperandInfos(operands))
        } catch {
            throw .badOperands(
                node: node, operation: Swift.type(of: operation).name, reason: "\(error)")
        }
        if let type = types.first(where: { !$0.isPlausible }) {
            throw .badOperands(
                node: node, operation: Swift.type(of: operation).name,
                reason: "a result of the shape \(Shape.describe(type.shape)) is larger than any machine's memory")
        }
        return types
    }

    mutating func addValue(_ value: Value) -> ValueID {
        values.append(value)
        return ValueID(index: values.count - 1)
    }
}
