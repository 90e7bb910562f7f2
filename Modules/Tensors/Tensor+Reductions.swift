import Buffers

extension Tensor where Element: Scalar {
    /// The sums along some axes, added up in Float64 in row-major order.
    ///
    /// - Parameters:
    ///   - axes: the dimensions to add up; negative ones count from the last. `nil` takes all of them.
    ///   - keepingDimensions: whether a summed dimension stays, with size 1.
    /// - Throws: ``ShapeError`` for an axis that does not exist or occurs twice.
    @inlinable
    public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) throws -> Tensor {
        try reduced(axes, keepingDimensions) { total, _ in total }
    }

    /// The means along some axes, added up in Float64 in row-major order; the mean of nothing is not a number.
    ///
    /// - Parameters:
    ///   - axes: the dimensions to average over; negative ones count from the last. `nil` takes all of them.
    ///   - keepingDimensions: whether an averaged dimension stays, with size 1.
    /// - Throws: ``ShapeError`` for an axis that does not exist or occurs twice.
    @inlinable
    public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) throws -> Tensor {
        try reduced(axes, keepingDimensions) { total, count in total / Double(count) }
    }

    @inlinable
    func reduced(
        _ axes: [Int]?, _ keepingDimensions: Bool, _ finish: (_ total: Double, _ count: Int) -> Double
    ) throws -> Tensor {
        let reduced = try Shape.axes(axes ?? Array(shape.indices), of: shape)
        let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
        let count = shape.indices.reduce(1) { reduced.contains($1) ? $0 * shape[$1] : $0 }
        let totals = try AlignedBuffer<Double>(count: Shape.count(kept))
        withElements { input in
            Rows(of: shape).forEach(kept, []) { row, total, _ in
                for i in 0..<row.count {
                    totals.pointer[total.start + i * total.step] += Double(input[row.start + i])
                }
            }
        }
        let squeezed = shape.indices.filter { !reduced.contains($0) }.map { shape[$0] }
        var result = try Tensor(shape: keepingDimensions ? kept : squeezed)
        try result.withMutableElements { output in
            for i in 0..<output.count { output[i] = Element(finish(totals.pointer[i], count)) }
        }
        return result
    }
}

extension Shape {
    /// Axes as indices `0..<rank`, in the order given.
    ///
    /// - Throws: ``ShapeError`` for an axis that does not exist or occurs twice.
    @usableFromInline
    static func axes(_ axes: [Int], of shape: [Int]) throws(ShapeError) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            guard axis >= -shape.count, axis < shape.count else {
                throw ShapeError("axis \(axis) does not exist in a tensor of \(describe(shape))")
            }
            let index = axis < 0 ? axis + shape.count : axis
            guard !result.contains(index) else { throw ShapeError("axis \(axis) is given twice") }
            result.append(index)
        }
        return result
    }
}
