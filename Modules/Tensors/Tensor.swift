import Buffers

/// A shape that does not fit the elements given with it.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
    /// What was wrong, and what would be right.
    public let description: String

    /// An error with a message.
    public init(_ description: String) { self.description = description }
}

/// A dense, row-major array of elements with a shape.
///
/// A tensor is a value: a copy shares memory until one of the two is written.
public struct Tensor<Element: TensorElement>: Sendable {
    /// The dimensions, outermost first; an empty shape is a scalar.
    public let shape: [Int]
    private var storage: AlignedBuffer<Element>

    /// A tensor of zeros.
    ///
    /// - Throws: ``ShapeError`` for an impossible shape, `AllocationError` for one that memory cannot hold.
    public init(shape: [Int]) throws {
        guard let count = Shape.checkedCount(shape) else { throw ShapeError("impossible shape \(shape)") }
        self.shape = shape
        storage = try AlignedBuffer(count: count)
    }

    /// A tensor of the given elements, in row-major order.
    ///
    /// - Throws: ``ShapeError`` if `elements` are not as many as the shape holds.
    public init(shape: [Int], elements: [Element]) throws {
        guard Shape.checkedCount(shape) == elements.count else {
            throw ShapeError("\(elements.count) elements do not fill the shape \(Shape.describe(shape))")
        }
        self.shape = shape
        storage = try AlignedBuffer(elements)
    }

    /// A tensor over a buffer that is handed over: the caller must not write to it any more.
    public init(shape: [Int], adopting buffer: AlignedBuffer<Element>) throws {
        guard Shape.checkedCount(shape) == buffer.count else {
            throw ShapeError("\(buffer.count) elements do not fill the shape \(Shape.describe(shape))")
        }
        self.shape = shape
        storage = buffer
    }

    /// The number of elements.
    public var count: Int { storage.count }

    /// All elements in row-major order.
    public var elements: [Element] { Array(storage.elements) }

    /// The memory of the elements, to be read only: other tensors may share it. While somebody holds it, a tensor that is
    /// written to gets memory of its own.
    public var buffer: AlignedBuffer<Element> { storage }

    /// Reads the elements in place.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(storage.elements) }
    }

    /// Writes the elements in place.
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        if !isKnownUniquelyReferenced(&storage) { storage = try storage.copy() }
        return try body(storage.mutableElements)
    }

    /// The same elements under another shape of as many elements.
    public func reshaped(_ shape: [Int]) throws -> Tensor { try Tensor(shape: shape, sharing: storage) }

    private init(shape: [Int], sharing storage: AlignedBuffer<Element>) throws {
        guard Shape.checkedCount(shape) == storage.count else {
            throw ShapeError("\(storage.count) elements do not fill the shape \(Shape.describe(shape))")
        }
        self.shape = shape
        self.storage = storage
    }
}

extension Tensor: Equatable {
    /// Whether shapes and elements are equal; a number that is not a number equals nothing.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withElements { x in b.withElements { y in x.elementsEqual(y) } }
    }
}
