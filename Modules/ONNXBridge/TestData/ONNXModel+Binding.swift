import Buffers
import Tensors

extension ONNXModel {
    /// The model with values for its inputs: as constants for all but one, the first of floating-point numbers, whose
    /// shape becomes that of its value.
    ///
    /// What was an input is an initialiser of its name then, so that the model is imported as one whose shapes, axes and
    /// weights are known. Every other byte stays.
    ///
    /// - Parameters:
    ///   - values: a value for each of the graph's `dataInputs`, in order.
    ///   - keepsData: whether one stays an input; otherwise all become constants.
    /// - Returns: the model, and which of the inputs it still has; `nil` if none is of floating-point numbers. Then it
    ///   gets an input that nothing reads, since a network has one.
    /// - Throws: ``ONNXError/invalidEdit(reason:)`` for too many or too few values, or for one of another type than its
    ///   input; ``ONNXError/invalidTensor(name:reason:)`` for one of another shape.
    public func binding(
        _ values: [TensorMessage], keepsData: Bool = true
    ) throws(ONNXError) -> (model: ONNXModel, input: Int?) {
        let inputs = graph.dataInputs
        guard inputs.count == values.count else {
            throw .invalidEdit(reason: "it has \(inputs.count) inputs, but there are values for \(values.count)")
        }
        for (input, value) in zip(inputs, values) {
            guard input.dataType == value.tensor.dataType else {
                throw .invalidEdit(
                    reason:
                        "its input '\(input.name)' holds \(input.dataType?.description ?? "no tensor"), but the value "
                        + "\(value.tensor.dataType)")
            }
            if let own = input.shape, !Self.takes(own, value.tensor.shape) {
                let wanted = own.isEmpty ? "a single number" : own.map(\.description).joined(separator: " x ")
                throw .invalidTensor(
                    name: input.name,
                    reason: "the model takes \(wanted), but the stored value is \(Shape.describe(value.tensor.shape))")
            }
        }
        let open = keepsData ? values.firstIndex { $0.tensor.dataType.isTrainable } : nil
        let added = WireWriter.message { graph in
            for (index, (input, value)) in zip(inputs, values).enumerated() where index != open {
                // Of a field that occurs twice the last one counts.
                let name = WireWriter.message { $0.text(WireNumber.Tensor.name, input.name) }
                graph.data(WireNumber.Graph.initializer, value.bytes + name)
            }
            graph.message(WireNumber.Graph.input) { message in
                let shape = open.map { values[$0].tensor.shape } ?? [1]
                message.value(open.map { inputs[$0].name } ?? unusedName, .real, shape.map { .fixed($0) })
            }
        }
        let original = UnsafeRawBufferPointer(bytes.elements)
        var edit = WireEdit()
        edit.set(
            [WireKey(WireNumber.Model.graph)],
            to: .rewrite { bytes, range throws(ONNXError) in
                try Self.withoutInputs(bytes, range, followedBy: added)
            })
        let rope = try edit.applied(to: original, in: 0..<original.count)
        return (try ONNXModel(bytes: rope.joined(of: original), directory: directory), open)
    }

    /// Whether a value of a shape fits dimensions, of which some may be open.
    private static func takes(_ dimensions: [ONNXDimension], _ shape: [Int]) -> Bool {
        dimensions.count == shape.count
            && zip(dimensions, shape).allSatisfy { if case .fixed(let size) = $0 { size == $1 } else { true } }
    }

    /// A name that no value of the graph has.
    private var unusedName: String {
        let taken = Set(graph.nodes.flatMap { $0.inputs + $0.outputs } + graph.inputs.map(\.name))
        var name = "unused"
        while taken.contains(name) || graph[initializer: name] != nil { name += "_" }
        return name
    }

    /// A graph's message with other inputs than its own.
    private static func withoutInputs(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, followedBy added: [UInt8]
    ) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            if field.number != WireNumber.Graph.input { rope.append(original: field.range) }
        }
        rope.append(new: added)
        return rope
    }
}
