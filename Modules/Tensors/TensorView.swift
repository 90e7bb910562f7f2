/// A strided window on memory that somebody else owns: shape and strides, in elements, over a pointer.
///
/// The same logical index reaches the same element whatever the physical order is, so code written against views does
/// not care whether an activation is stored row-major (NCHW) or channels-last (NHWC).
public struct TensorView<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The element at index zero.
    public let pointer: UnsafeMutablePointer<Element>
    /// The dimensions, outermost first.
    public let shape: [Int]
    /// How many elements apart two neighbours along each dimension lie.
    public let strides: [Int]

    /// A view with explicit strides.
    public init(_ pointer: UnsafeMutablePointer<Element>, shape: [Int], strides: [Int]) {
        self.pointer = pointer
        self.shape = shape
        self.strides = strides
    }

    /// A view of row-major memory.
    public init(_ pointer: UnsafeMutablePointer<Element>, shape: [Int]) {
        self.init(pointer, shape: shape, strides: Shape.rowMajorStrides(shape))
    }

    /// The number of elements.
    public var count: Int { Shape.count(shape) }

    /// The element of a one-dimensional view.
    @inlinable
    public subscript(i: Int) -> Element {
        get { pointer[i * strides[0]] }
        nonmutating set { pointer[i * strides[0]] = newValue }
    }

    /// The element of a two-dimensional view.
    @inlinable
    public subscript(i: Int, j: Int) -> Element {
        get { pointer[i * strides[0] + j * strides[1]] }
        nonmutating set { pointer[i * strides[0] + j * strides[1]] = newValue }
    }

    /// The element of a four-dimensional view.
    @inlinable
    public subscript(n: Int, c: Int, h: Int, w: Int) -> Element {
        get { pointer[n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3]] }
        nonmutating set { pointer[n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3]] = newValue }
    }

    /// The element of any view, by one index a dimension.
    @inlinable
    public subscript(index: [Int]) -> Element {
        get { pointer[offset(of: index)] }
        nonmutating set { pointer[offset(of: index)] = newValue }
    }

    @inlinable
    func offset(of index: [Int]) -> Int {
        var offset = 0
        for axis in 0..<index.count { offset += index[axis] * strides[axis] }
        return offset
    }

    /// The same elements seen under a shape that this one broadcasts to; stretched dimensions have stride 0.
    public func broadcast(to target: [Int]) -> TensorView {
        let missing = target.count - shape.count
        let stretched = target.indices.map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
        }
        return TensorView(pointer, shape: target, strides: stretched)
    }

    /// Calls `body` with every index, the last dimension fastest.
    @inlinable
    public func forEachIndex(_ body: ([Int]) -> Void) { TensorView.forEachIndex(of: shape, body) }

    /// Calls `body` with every index of a shape, the last dimension fastest.
    @inlinable
    public static func forEachIndex(of shape: [Int], _ body: ([Int]) -> Void) {
        guard !shape.contains(0) else { return }
        var index = [Int](repeating: 0, count: shape.count)
        while true {
            body(index)
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
