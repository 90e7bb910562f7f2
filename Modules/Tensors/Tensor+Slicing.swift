extension Tensor {
    /// The part of the tensor inside a range along each axis.
    ///
    /// - Parameter ranges: one range an axis, from the first on; `nil` and missing ones take the whole axis.
    /// - Throws: ``ShapeError`` if a range leaves its axis or there are more ranges than axes.
    public func sliced(_ ranges: [Range<Int>?]) throws -> Tensor {
        guard ranges.count <= shape.count else {
            throw ShapeError("\(ranges.count) ranges for a tensor of \(Shape.describe(shape))")
        }
        let full = try shape.indices.map { axis in
            let whole = 0..<shape[axis]
            guard let range = axis < ranges.count ? ranges[axis] : whole else { return whole }
            guard range.lowerBound >= 0, range.upperBound <= shape[axis] else {
                throw ShapeError("range \(range) leaves axis \(axis) of a tensor of \(Shape.describe(shape))")
            }
            return range
        }
        guard let last = full.last else { return self }
        let strides = Shape.rowMajorStrides(shape)
        var result = try Tensor(shape: full.map(\.count))
        try result.withMutableElements { output in
            withElements { input in
                var written = 0
                TensorView<Element>.forEachIndex(of: full.dropLast().map(\.count)) { index in
                    var start = last.lowerBound
                    for axis in index.indices { start += (index[axis] + full[axis].lowerBound) * strides[axis] }
                    output.fill(from: written, with: input, start..<start + last.count)
                    written += last.count
                }
            }
        }
        return result
    }

    /// The given entries along the first axis, in the given order; an entry may be taken more than once.
    ///
    /// - Throws: ``ShapeError`` if there is no first axis or an index leaves it.
    public func rows(at indices: [Int]) throws -> Tensor {
        guard let count = shape.first else { throw ShapeError("a scalar has no rows") }
        if let wrong = indices.first(where: { $0 < 0 || $0 >= count }) {
            throw ShapeError("row \(wrong) does not exist in a tensor of \(Shape.describe(shape))")
        }
        let size = Shape.count(Array(shape.dropFirst()))
        var result = try Tensor(shape: [indices.count] + shape.dropFirst())
        try result.withMutableElements { output in
            withElements { input in
                for (row, index) in indices.enumerated() {
                    output.fill(from: row * size, with: input, index * size..<(index + 1) * size)
                }
            }
        }
        return result
    }

    /// Tensors joined along an axis.
    ///
    /// - Parameters:
    ///   - tensors: at least one; all dimensions but that of `axis` must agree.
    ///   - axis: the dimension that grows; a negative one counts from the last.
    /// - Throws: ``ShapeError`` if there are no tensors, the axis does not exist or the shapes disagree.
    public static func concatenated(_ tensors: [Tensor], axis: Int) throws -> Tensor {
        guard let first = tensors.first else { throw ShapeError("no tensors to join") }
        let axis = try Shape.axes([axis], of: first.shape)[0]
        var shape = first.shape
        shape[axis] = 0
        for tensor in tensors {
            var expected = tensor.shape
            if axis < expected.count { expected[axis] = first.shape[axis] }
            guard expected == first.shape else {
                throw ShapeError(
                    "cannot join tensors of \(Shape.describe(first.shape)) and \(Shape.describe(tensor.shape)) "
                        + "along axis \(axis): all other dimensions must agree")
            }
            let (sum, overflow) = shape[axis].addingReportingOverflow(tensor.shape[axis])
            guard !overflow else { throw ShapeError("the joined axis \(axis) would be too long") }
            shape[axis] = sum
        }
        var result = try Tensor(shape: shape)
        let outer = Shape.count(Array(shape[..<axis]))
        let inner = Shape.count(Array(shape[(axis + 1)...]))
        try result.withMutableElements { output in
            var column = 0
            for tensor in tensors {
                let run = tensor.shape[axis] * inner
                tensor.withElements { input in
                    for row in 0..<outer {
                        output.fill(
                            from: row * shape[axis] * inner + column, with: input, row * run..<(row + 1) * run)
                    }
                }
                column += run
            }
        }
        return result
    }

    /// The tensor with its axes in another order.
    ///
    /// - Parameter axes: for each axis of the result, the axis of this tensor that it is; `nil` reverses them.
    /// - Throws: ``ShapeError`` unless every axis occurs once.
    public func transposed(_ axes: [Int]? = nil) throws -> Tensor {
        let order = try Shape.axes(axes ?? shape.indices.reversed(), of: shape)
        guard order.count == shape.count else {
            throw ShapeError("\(order.count) axes do not order the axes of a tensor of \(Shape.describe(shape))")
        }
        guard let last = order.last else { return self }
        let strides = Shape.rowMajorStrides(shape)
        var result = try Tensor(shape: order.map { shape[$0] })
        try result.withMutableElements { output in
            withElements { input in
                var written = 0
                TensorView<Element>.forEachIndex(of: order.dropLast().map { shape[$0] }) { index in
                    var start = 0
                    for axis in index.indices { start += index[axis] * strides[order[axis]] }
                    for i in 0..<shape[last] { output[written + i] = input[start + i * strides[last]] }
                    written += shape[last]
                }
            }
        }
        return result
    }
}

extension UnsafeMutableBufferPointer {
    /// Overwrites the elements from `position` on with a range of another buffer.
    fileprivate func fill(from position: Int, with source: UnsafeBufferPointer<Element>, _ range: Range<Int>) {
        guard let to = baseAddress, let from = source.baseAddress, !range.isEmpty else { return }
        (to + position).update(from: from + range.lowerBound, count: range.count)
    }
}
