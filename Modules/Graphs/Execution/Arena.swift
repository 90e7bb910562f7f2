import Buffers

/// Memory for activations that several programs take turns in: as large as the largest of them needs.
///
/// Programs that never run at the same time may share one, such as those of a network's training steps and evaluations:
/// the shorter last batch of an epoch then needs no memory of its own. A run overwrites what the others computed.
public final class Arena: @unchecked Sendable {
    private(set) var memory: AlignedBuffer<UInt8>?

    /// An arena that grows with the programs that are compiled for it.
    public init() {}

    /// The bytes that it takes now.
    public var bytes: Int { memory?.count ?? 0 }

    /// Memory of at least so many bytes; what was in a smaller one is not taken along.
    func reserve(_ bytes: Int) throws(AllocationError) -> AlignedBuffer<UInt8> {
        if let memory, memory.count >= bytes { return memory }
        let larger = try AlignedBuffer<UInt8>(count: bytes)
        memory = larger
        return larger
    }
}
