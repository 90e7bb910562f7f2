import Buffers

/// How rules go over flat buffers.
enum Updates {
    /// The fewest elements worth a thread of their own; every cut lies on a multiple, so a page has one writer.
    static let grain = 16 << 10
}

extension UnsafeMutablePointer where Pointee: Scalar {
    /// The same memory, typed as what `Pointee` is known to be.
    func `as`<Known>(_ type: Known.Type) -> UnsafeMutablePointer<Known> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: type)
    }
}

extension UnsafePointer where Pointee: Scalar {
    /// The same memory, typed as what `Pointee` is known to be.
    func `as`<Known>(_ type: Known.Type) -> UnsafePointer<Known> {
        UnsafeRawPointer(self).assumingMemoryBound(to: type)
    }
}
