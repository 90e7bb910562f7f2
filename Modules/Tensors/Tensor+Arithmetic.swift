import Buffers

// Arithmetic is for floating-point elements only: no sum of them can trap, whatever the numbers are.

extension Tensor where Element: Scalar {
    /// The sum of two tensors, element by element; dimensions of 1 are stretched.
    ///
    /// - Throws: ``ShapeError`` if the shapes do not broadcast, `AllocationError` if the result does not fit memory.
    @inlinable
    public static func + (a: Tensor, b: Tensor) throws -> Tensor { try combined(a, b, "add") { $0 + $1 } }

    /// The difference of two tensors, element by element; dimensions of 1 are stretched.
    ///
    /// - Throws: ``ShapeError`` if the shapes do not broadcast, `AllocationError` if the result does not fit memory.
    @inlinable
    public static func - (a: Tensor, b: Tensor) throws -> Tensor { try combined(a, b, "subtract") { $0 - $1 } }

    /// The product of two tensors, element by element; dimensions of 1 are stretched.
    ///
    /// - Throws: ``ShapeError`` if the shapes do not broadcast, `AllocationError` if the result does not fit memory.
    @inlinable
    public static func * (a: Tensor, b: Tensor) throws -> Tensor { try combined(a, b, "multiply") { $0 * $1 } }

    /// The quotient of two tensors, element by element; dimensions of 1 are stretched.
    ///
    /// - Throws: ``ShapeError`` if the shapes do not broadcast, `AllocationError` if the result does not fit memory.
    @inlinable
    public static func / (a: Tensor, b: Tensor) throws -> Tensor { try combined(a, b, "divide") { $0 / $1 } }

    /// A tensor with `b` added to every element.
    @inlinable
    public static func + (a: Tensor, b: Element) throws -> Tensor { try a.map { $0 + b } }

    /// A tensor with `b` taken from every element.
    @inlinable
    public static func - (a: Tensor, b: Element) throws -> Tensor { try a.map { $0 - b } }

    /// A tensor with every element multiplied by `b`.
    @inlinable
    public static func * (a: Tensor, b: Element) throws -> Tensor { try a.map { $0 * b } }

    /// A tensor with every element divided by `b`.
    @inlinable
    public static func / (a: Tensor, b: Element) throws -> Tensor { try a.map { $0 / b } }

    /// A tensor of `a` plus every element.
    @inlinable
    public static func + (a: Element, b: Tensor) throws -> Tensor { try b.map { a + $0 } }

    /// A tensor of `a` minus every element.
    @inlinable
    public static func - (a: Element, b: Tensor) throws -> Tensor { try b.map { a - $0 } }

    /// A tensor of `a` times every element.
    @inlinable
    public static func * (a: Element, b: Tensor) throws -> Tensor { try b.map { a * $0 } }

    /// A tensor of `a` divided by every element.
    @inlinable
    public static func / (a: Element, b: Tensor) throws -> Tensor { try b.map { a / $0 } }
}

extension Tensor {
    /// A tensor of the same shape whose elements are `transform` of these.
    ///
    /// - Throws: what `transform` throws, or `AllocationError` if the result does not fit memory.
    @inlinable
    public func map<Other>(_ transform: (Element) throws -> Other) throws -> Tensor<Other> {
        var result = try Tensor<Other>(shape: shape)
        try result.withMutableElements { output in
            try withElements { input in
                for i in 0..<input.count { output[i] = try transform(input[i]) }
            }
        }
        return result
    }

    @inlinable
    static func combined(
        _ a: Tensor, _ b: Tensor, _ verb: String, _ operation: (Element, Element) -> Element
    ) throws -> Tensor {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw ShapeError(
                "cannot \(verb) tensors of \(Shape.describe(a.shape)) and \(Shape.describe(b.shape)): aligned at the "
                    + "last dimension, sizes must be equal or one of them 1")
        }
        var result = try Tensor(shape: shape)
        try result.withMutableElements { output in
            a.withElements { x in
                b.withElements { y in
                    if a.shape == b.shape {
                        for i in 0..<output.count { output[i] = operation(x[i], y[i]) }
                    } else {
                        Rows(of: shape).forEach(a.shape, b.shape) { row, xRow, yRow in
                            for i in 0..<row.count {
                                output[row.start + i] =
                                    operation(x[xRow.start + i * xRow.step], y[yRow.start + i * yRow.step])
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
