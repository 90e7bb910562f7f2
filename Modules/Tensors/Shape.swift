/// Sizes and strides of tensors given as arrays of dimensions, outermost first.
public enum Shape {
    /// The number of elements; an empty shape is a scalar and has one.
    ///
    /// - Returns: `nil` if a dimension is negative, or if the product of those that are not zero overflows: then
    ///   strides would overflow as well, even where there is no element.
    public static func checkedCount(_ shape: [Int]) -> Int? {
        var count = 1
        for dimension in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(dimension, 1))
            guard dimension >= 0, !overflow else { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// The number of elements of a shape that is known to be valid.
    public static func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }

    /// The strides of row-major storage: the last dimension is contiguous.
    public static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// The shape that two shapes broadcast to: aligned at the last dimension, ones stretched.
    ///
    /// - Returns: `nil` if two dimensions differ and neither is 1.
    public static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let x = axis + a.count - rank >= 0 ? a[axis + a.count - rank] : 1
            let y = axis + b.count - rank >= 0 ? b[axis + b.count - rank] : 1
            guard x == y || x == 1 || y == 1 else { return nil }
            result[axis] = x == 1 ? y : x
        }
        return result
    }

    /// `2 x 3 x 4`, as messages show a shape; a scalar is `()`.
    public static func describe(_ shape: [Int]) -> String {
        shape.isEmpty ? "()" : shape.map(String.init).joined(separator: " x ")
    }
}
