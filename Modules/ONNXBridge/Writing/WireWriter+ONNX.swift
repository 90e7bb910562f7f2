import Graphs

/// The messages of a model that are made anew.
extension WireWriter {
    /// Writes the fields of a `TensorProto`; a nameless one gets no name.
    mutating func tensor(
        _ name: String, _ shape: [Int], _ type: ONNXDataType, _ elements: some Collection<UInt8>
    ) {
        for size in shape { integer(WireNumber.Tensor.dims, size) }
        integer(WireNumber.Tensor.dataType, Int(type.rawValue))
        if !name.isEmpty { text(WireNumber.Tensor.name, name) }
        data(WireNumber.Tensor.rawData, elements)
    }

    /// Writes the fields of a `TensorProto`, from a constant of a graph.
    mutating func tensor(_ name: String, _ constant: Constant) {
        switch constant {
        case .real(let numbers):
            numbers.withElements { tensor(name, numbers.shape, .float, UnsafeRawBufferPointer($0)) }
        case .integer(let shape, let elements):
            elements.map { Int64($0).littleEndian }.withUnsafeBytes { tensor(name, shape, .int64, $0) }
        }
    }

    /// Writes the fields of a `TensorProto` of truth values.
    mutating func truths(_ name: String, _ shape: [Int], _ elements: [Int]) {
        tensor(name, shape, .bool, elements.map { $0 == 0 ? 0 : 1 } as [UInt8])
    }

    /// Writes the fields of an `AttributeProto`.
    mutating func attribute(_ name: String, _ value: AttributeForm) {
        text(WireNumber.Attribute.name, name)
        let kind: Int
        switch value {
        case .float(let number):
            float(WireNumber.Attribute.float, Float(number))
            kind = WireNumber.AttributeKind.float
        case .int(let number):
            integer(WireNumber.Attribute.int, number)
            kind = WireNumber.AttributeKind.int
        case .text(let string):
            text(WireNumber.Attribute.string, string)
            kind = WireNumber.AttributeKind.string
        case .ints(let numbers):
            for number in numbers { integer(WireNumber.Attribute.ints, number) }
            kind = WireNumber.AttributeKind.ints
        case .tensor(let constant):
            message(WireNumber.Attribute.tensor) { $0.tensor("", constant) }
            kind = WireNumber.AttributeKind.tensor
        }
        integer(WireNumber.Attribute.type, kind)
    }

    /// Writes the fields of a `ValueInfoProto`.
    mutating func value(_ name: String, _ kind: ValueType.Kind, _ dimensions: [Dimension]) {
        let type: ONNXDataType = kind == .real ? .float : .int64
        text(WireNumber.Value.name, name)
        message(WireNumber.Value.type) { value in
            value.message(WireNumber.Value.tensorType) { tensor in
                tensor.integer(WireNumber.Value.elementType, Int(type.rawValue))
                tensor.message(WireNumber.Value.shape) { shape in
                    for dimension in dimensions {
                        shape.message(WireNumber.Value.dimension) { $0.dimension(dimension) }
                    }
                }
            }
        }
    }

    /// Writes the fields of a shape's `Dimension`.
    mutating func dimension(_ dimension: Dimension) {
        switch dimension {
        case .fixed(let size): integer(WireNumber.Value.size, size)
        case .symbolic(let name): if !name.isEmpty { text(WireNumber.Value.symbol, name) }
        }
    }
}
