/// All parameters of a network in one contiguous vector θ, with names for its slices.
///
/// The store is a reference: a program reads it, an optimizer writes it, both in place.
public final class ParameterStore<Element: Scalar>: @unchecked Sendable {
    /// Which slice is which tensor.
    public let layout: ParameterLayout
    /// The vector θ: trainable tensors first, statistics after them.
    public let values: AlignedBuffer<Element>

    /// A store of zeros.
    public init(layout: ParameterLayout) throws(AllocationError) {
        self.layout = layout
        values = try AlignedBuffer(count: layout.count)
    }

    private init(layout: ParameterLayout, values: AlignedBuffer<Element>) {
        self.layout = layout
        self.values = values
    }

    /// The elements of a tensor of this store's layout.
    public subscript(segment: ParameterSegment) -> UnsafeMutableBufferPointer<Element> {
        precondition(segment.offset >= 0 && segment.offset + segment.count <= values.count, "foreign segment")
        return UnsafeMutableBufferPointer(start: values.pointer + segment.offset, count: segment.count)
    }

    /// The elements of the tensor called `name`, if there is one.
    public subscript(name: String) -> UnsafeMutableBufferPointer<Element>? { layout[name].map { self[$0] } }

    /// The part of θ that gradients exist for.
    public var trainable: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: values.pointer, count: layout.trainableCount)
    }

    /// An independent copy.
    public func copy() throws(AllocationError) -> ParameterStore {
        ParameterStore(layout: layout, values: try values.copy())
    }
}
