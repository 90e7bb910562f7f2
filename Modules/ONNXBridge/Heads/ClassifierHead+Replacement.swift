import Buffers

extension ClassifierHead {
    /// The file with a fresh classifier in the place of this one: new weights, offsets of zero.
    ///
    /// The tensors keep their names and element types and get new shapes; what the file says of the shapes of values behind
    /// the classifier follows, and so do numbers of classes in the shapes of `Reshape` nodes. Every other byte stays. New
    /// tensors lie inside the file, also where the old ones lay in another one.
    ///
    /// - Parameters:
    ///   - classes: the number of classes, from 2 to ``mostClasses``.
    ///   - weights: as many as ``weightCount(classes:)``, in the order of ``weightShape(classes:)``.
    /// - Returns: the model as it would be read from the new file.
    /// - Throws: ``HeadError`` for an impossible number of classes, or if the file contradicts itself; ``ONNXError`` for a
    ///   wrong number of weights.
    public func replaced(classes: Int, weights: [Float]) throws -> ONNXModel {
        try check(classes: classes)
        var editor = ONNXEditor(model)
        guard weights.count == weightCount(classes: classes) else {
            throw ONNXError.invalidEdit(
                reason: "\(weights.count) weights were given for \(weightCount(classes: classes))")
        }
        try editor.set(weightTensor, classes: classes, to: weights)
        if let biasTensor { try editor.set(biasTensor, classes: classes, to: [Float](repeating: 0, count: classes)) }
        for constant in axes.constants {
            var sizes = try constant.tensor.integers()
            sizes[constant.position] = Int64(classes)
            let elements = sizes.flatMap { size in withUnsafeBytes(of: size.littleEndian) { Array($0) } }
            editor.set(constant.tensor, shape: constant.tensor.shape, elements: elements)
        }
        for (path, axis) in try statements() {
            let key = [
                WireKey(WireNumber.Value.type), WireKey(WireNumber.Value.tensorType), WireKey(WireNumber.Value.shape),
                WireKey(WireNumber.Value.dimension, axis),
            ]
            editor.edit.set(
                path + key,
                to: .rewrite { bytes, range throws(ONNXError) in
                    try FieldRewrite.rope(bytes, range, without: [WireNumber.Value.size]) {
                        $0.integer(WireNumber.Value.size, classes)
                    }
                })
        }
        return try ONNXModel(editor.serialized(), editedFrom: model)
    }

    /// Where the file states the number of classes as a dimension of a value: the way to the value, and the dimension.
    private func statements() throws(HeadError) -> [(path: [WireKey], axis: Int)] {
        var known = axes.known
        for (name, axis) in weightTensor.axes + (biasTensor?.axes ?? []) { known[name] = axis }
        var found: [(path: [WireKey], axis: Int)] = []
        let graph = model.graph
        for (field, values) in [
            (WireNumber.Graph.input, graph.inputs), (WireNumber.Graph.output, graph.outputs),
            (WireNumber.Graph.valueInfo, graph.valueInfo),
        ] {
            for (index, value) in values.enumerated() {
                guard let axis = known[value.name], let shape = value.shape, shape.indices.contains(axis),
                    case .fixed(let size) = shape[axis]
                else { continue }
                guard size == self.classes else {
                    throw .contradiction(value: value.name, found: size, classes: self.classes)
                }
                found.append((graph.path + [WireKey(field, index)], axis))
            }
        }
        return found
    }
}

extension ONNXEditor {
    /// Gives a classifier's tensor another number of classes, and new elements.
    fileprivate mutating func set(_ part: HeadTensor, classes: Int, to values: [Float]) throws(ONNXError) {
        let type = part.tensor.dataType
        guard let elements = values.withUnsafeBufferPointer({ ElementEncoding.encode($0, as: type) }) else {
            throw .unsupportedElements(tensor: part.name, type: type.description, wanted: "floating point")
        }
        if let holder = part.holder {
            makeConstant(of: holder, shape: part.shape(classes: classes), type: type, elements: elements)
        } else {
            set(part.tensor, shape: part.shape(classes: classes), elements: elements)
        }
    }

    /// Gives a tensor another shape and other elements, which lie in the model's file from then on.
    fileprivate mutating func set(_ tensor: ONNXTensor, shape: [Int], elements: [UInt8]) {
        let old: Set<Int> = [
            WireNumber.Tensor.dims, WireNumber.Tensor.floatData, WireNumber.Tensor.int32Data,
            WireNumber.Tensor.int64Data, WireNumber.Tensor.rawData, WireNumber.Tensor.doubleData,
            WireNumber.Tensor.uint64Data, WireNumber.Tensor.externalData, WireNumber.Tensor.dataLocation,
        ]
        edit.set(
            tensor.path,
            to: .rewrite { bytes, range throws(ONNXError) in
                try FieldRewrite.rope(bytes, range, without: old) { writer in
                    for size in shape { writer.integer(WireNumber.Tensor.dims, size) }
                    writer.data(WireNumber.Tensor.rawData, elements)
                }
            })
    }
}

/// A message with some fields exchanged for others, which come last.
private enum FieldRewrite {
    static func rope(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, without old: Set<Int>,
        _ new: (inout WireWriter) -> Void
    ) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            if !old.contains(field.number) { rope.append(original: field.range) }
        }
        rope.append(new: WireWriter.message(new))
        return rope
    }
}
