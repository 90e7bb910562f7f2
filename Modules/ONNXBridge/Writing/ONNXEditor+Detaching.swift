import Buffers

extension ONNXEditor {
    /// Turns an `Identity` node, which repeats a constant, into a `Constant` node with elements of its own.
    ///
    /// PyTorch's TorchScript exporter merges initialisers that happen to be equal: an untrained network's batch-norm
    /// scales and running variances all become one tensor and `Identity` nodes. Training moves them apart again.
    ///
    /// - Parameters:
    ///   - node: an `Identity` node of this model. Its name and its output's name stay.
    ///   - tensor: the constant that it repeats: shape and element type are taken from it.
    ///   - values: as many numbers as that has elements.
    /// - Throws: ``ONNXError`` `invalidEdit` for another kind of node, a foreign node or a wrong number of values,
    ///   `unsupportedElements` for an element type that cannot be trained.
    public mutating func detach<Element: Scalar>(
        _ node: ONNXNode, from tensor: ONNXTensor, with values: UnsafeBufferPointer<Element>
    ) throws(ONNXError) {
        guard node.owner === model.owner, tensor.owner === model.owner else {
            throw .invalidEdit(reason: "'\(node.label)' or '\(tensor.name)' belongs to another model")
        }
        guard node.opType == "Identity", node.domain.isEmpty else {
            throw .invalidEdit(reason: "'\(node.label)' is \(node.opType); only Identity can become a constant")
        }
        let elements = try Self.encode(values, like: tensor)
        makeConstant(of: node, shape: tensor.shape, type: tensor.dataType, elements: elements)
    }

    /// Turns a node into a `Constant` node; its name and its output's name stay.
    mutating func makeConstant(of node: ONNXNode, shape: [Int], type: ONNXDataType, elements: [UInt8]) {
        let constant = ConstantNode(shape: shape, type: type, elements: elements)
        edit.set(node.path, to: .rewrite { bytes, range throws(ONNXError) in try constant.rope(bytes, range) })
    }

    /// Turns an `Identity` node into a `Constant` node, from an array.
    public mutating func detach<Element: Scalar>(
        _ node: ONNXNode, from tensor: ONNXTensor, with values: [Element]
    ) throws(ONNXError) {
        var failure: ONNXError?
        values.withUnsafeBufferPointer { buffer in
            do throws(ONNXError) { try detach(node, from: tensor, with: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// What makes a node a constant.
private struct ConstantNode: Sendable {
    let shape: [Int]
    let type: ONNXDataType
    let elements: [UInt8]

    /// The node's message at `range` without inputs, with another operator and the constant as its attribute.
    func rope(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            switch field.number {
            case WireNumber.Node.input, WireNumber.Node.opType, WireNumber.Node.attribute: continue
            default: rope.append(original: field.range)
            }
        }
        let constant = WireWriter.message { node in
            node.text(WireNumber.Node.opType, "Constant")
            node.message(WireNumber.Node.attribute) { attribute in
                attribute.text(WireNumber.Attribute.name, "value")
                attribute.message(WireNumber.Attribute.tensor) { $0.tensor("", shape, type, elements) }
                attribute.integer(WireNumber.Attribute.type, WireNumber.AttributeKind.tensor)
            }
        }
        rope.append(new: constant)
        return rope
    }
}
