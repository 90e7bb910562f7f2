/// The rows of a shape: runs along its last dimension, visited in row-major order together with the elements of
/// other shapes that broadcast to it.
@usableFromInline
struct Rows {
    /// A run of elements: where it begins, how far apart its elements lie, how many they are.
    @usableFromInline
    struct Row {
        @usableFromInline var start: Int
        @usableFromInline var step: Int
        @usableFromInline var count: Int
    }

    private let shape: [Int]

    @usableFromInline
    init(of shape: [Int]) { self.shape = shape }

    /// Calls `body` for every row: with its own place, and those of the elements of `a` and `b` that belong to it.
    @usableFromInline
    func forEach(_ a: [Int], _ b: [Int], _ body: (_ row: Row, _ a: Row, _ b: Row) -> Void) {
        let (aStrides, bStrides) = (strides(of: a), strides(of: b))
        let length = shape.last ?? 1
        guard length > 0 else { return }
        var start = 0
        TensorView<UInt8>.forEachIndex(of: Array(shape.dropLast())) { index in
            var (aStart, bStart) = (0, 0)
            for axis in index.indices {
                aStart += index[axis] * aStrides[axis]
                bStart += index[axis] * bStrides[axis]
            }
            body(
                Row(start: start, step: 1, count: length),
                Row(start: aStart, step: aStrides.last ?? 0, count: length),
                Row(start: bStart, step: bStrides.last ?? 0, count: length))
            start += length
        }
    }

    /// The strides with which a smaller shape is walked: stretched dimensions have stride 0.
    private func strides(of other: [Int]) -> [Int] {
        let own = Shape.rowMajorStrides(other)
        let missing = shape.count - other.count
        return shape.indices.map { axis in
            axis < missing || other[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }
}
