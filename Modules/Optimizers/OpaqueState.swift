import Buffers

/// What a rule remembers in a form of its own, such as the memory of a plugin: saved and loaded as one block.
///
/// An ``OptimizerState`` holds one beside its named vectors and numbers, and puts it into checkpoints. Not safe to use from
/// two threads at once.
public protocol OpaqueState<Element>: AnyObject {
    /// The type of the vectors that it belongs to.
    associatedtype Element: Scalar

    /// Everything that it remembers.
    ///
    /// - Throws: ``StateError/failed(_:)`` or ``StateError/allocation(_:)``.
    func save() throws(StateError) -> StateBlock<Element>

    /// Takes over what ``save()`` wrote, or changes nothing.
    ///
    /// - Throws: ``StateError/failed(_:)`` or ``StateError/allocation(_:)``.
    func load(_ block: StateBlock<Element>) throws(StateError)

    /// Forgets everything.
    func reset()
}

/// A block of bytes that a checkpoint can hold: as a vector, filled up with zeros to a whole number of elements, and the
/// number of its bytes.
public final class StateBlock<Element: Scalar> {
    /// The number of bytes.
    public let size: Int
    private let elements: AlignedBuffer<Element>
    private static var names: (vector: String, number: String) { ("block", "block-bytes") }

    /// A block of zeros.
    ///
    /// - Parameter size: the number of bytes, at least 0.
    public init(size: Int) throws(AllocationError) {
        self.size = size
        elements = try AlignedBuffer(count: Self.elementCount(size))
    }

    /// The block of a saved state.
    ///
    /// - Throws: ``StateError`` if it has none, or one of another size than it says.
    public init(_ saved: SavedState<Element>) throws(StateError) {
        let names = Self.names
        guard let vector = saved.vectors[names.vector] else {
            throw .missing(name: names.vector, expected: [names.vector])
        }
        size = try saved.count(names.number, in: 0...(1 << 53))
        guard vector.count == Self.elementCount(size) else {
            throw .wrongCount(name: names.vector, expected: Self.elementCount(size), found: vector.count)
        }
        do { elements = try AlignedBuffer(copying: vector) } catch { throw .allocation(error) }
    }

    private static func elementCount(_ size: Int) -> Int {
        let stride = MemoryLayout<Element>.stride
        return size / stride + (size % stride == 0 ? 0 : 1)
    }

    /// The bytes, to read and write; valid only while somebody holds the block.
    public var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: elements.pointer, count: size)
    }

    /// The block among the vectors of a state.
    public var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        [(Self.names.vector, elements.elements)]
    }

    /// Its size among the numbers of a state.
    public var numbers: [(name: String, values: [Double])] { [(Self.names.number, [Double(size)])] }
}
