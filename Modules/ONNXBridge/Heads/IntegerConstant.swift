/// A list of integers that a file holds as a constant, such as the shape of a `Reshape`.
struct IntegerConstant {
    /// Where it is.
    enum Place {
        /// An initialiser, or the tensor of a `Constant` node.
        case tensor(ONNXTensor)
        /// The list of a `Constant` node.
        case list(ONNXAttribute)
    }

    /// The integers.
    let values: [Int64]
    /// Where they are.
    let place: Place
    /// The values that hold them, from the one that was asked for back to the constant.
    let names: [String]

    /// The same with one number exchanged, for an editor to write.
    func replacing(at position: Int, with value: Int64) -> IntegerConstant {
        var values = values
        values[position] = value
        return IntegerConstant(values: values, place: place, names: names)
    }
}

extension ValueUses {
    /// The integers that a value is, at most eight; `nil` if it is no constant, or holds others.
    func integers(_ name: String) -> IntegerConstant? {
        guard let (constant, names) = origin(name) else { return nil }
        switch constant {
        case .tensor(let tensor):
            guard tensor.count <= 8, tensor.dataType == .int64, let values = try? tensor.integers() else { return nil }
            return IntegerConstant(values: values, place: .tensor(tensor), names: names)
        case .list(let attribute):
            guard case .ints(let values) = attribute.value, values.count <= 8 else { return nil }
            return IntegerConstant(values: values, place: .list(attribute), names: names)
        }
    }
}
