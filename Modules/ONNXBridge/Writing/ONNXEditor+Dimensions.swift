import Graphs

/// Changes to shapes: of what a model says of its values, and of the constants that nodes take as shapes.
extension ONNXEditor {
    /// Sets a dimension of a value's type.
    ///
    /// - Parameters:
    ///   - axis: which dimension.
    ///   - path: the way to the value's message.
    ///   - dimension: its new size or name; a nameless symbol says nothing.
    mutating func setDimension(_ axis: Int, of path: [WireKey], to dimension: Dimension) {
        let type = [WireNumber.Value.type, WireNumber.Value.tensorType, WireNumber.Value.shape].map { WireKey($0) }
        let message = WireWriter.message { $0.dimension(dimension) }
        let replaced: Set = [WireNumber.Value.size, WireNumber.Value.symbol]
        edit.set(
            path + type + [WireKey(WireNumber.Value.dimension, axis)],
            to: .rewrite { bytes, range throws(ONNXError) in
                try Self.replace(replaced, by: message, bytes, range)
            })
    }

    /// Leaves a message out.
    mutating func remove(_ path: [WireKey]) { edit.set(path, to: .remove) }

    /// Gives a constant other integers, as many as it has.
    mutating func replace(_ source: BatchConstant.Source, with elements: [Int]) {
        let replaced: Set<Int>
        let message: [UInt8]
        switch source {
        case .tensor(let tensor):
            replaced = [
                WireNumber.Tensor.rawData, WireNumber.Tensor.int32Data, WireNumber.Tensor.int64Data,
                WireNumber.Tensor.externalData, WireNumber.Tensor.dataLocation,
            ]
            let isLong = tensor.dataType == .int64
            message = WireWriter.message { tensor in
                let raw = elements.flatMap { element in
                    isLong ? Self.bytes(Int64(element)) : Self.bytes(Int32(clamping: element))
                }
                tensor.data(WireNumber.Tensor.rawData, raw)
            }
        case .attribute(let attribute):
            replaced = [WireNumber.Attribute.int, WireNumber.Attribute.ints]
            let isList = if case .ints = attribute.value { true } else { false }
            message = WireWriter.message { proto in
                for element in elements {
                    proto.integer(isList ? WireNumber.Attribute.ints : WireNumber.Attribute.int, element)
                }
            }
        }
        edit.set(
            source.path,
            to: .rewrite { bytes, range throws(ONNXError) in
                try Self.replace(replaced, by: message, bytes, range)
            })
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// A message without some of its fields and with others at its end.
    private static func replace(
        _ fields: Set<Int>, by new: [UInt8], _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            if !fields.contains(field.number) { rope.append(original: field.range) }
        }
        rope.append(new: new)
        return rope
    }
}
