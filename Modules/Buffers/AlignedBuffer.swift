import Glibc

/// A block of memory that could not be had.
public struct AllocationError: Error, Equatable, CustomStringConvertible {
    /// The number of elements asked for.
    public let count: Int
    /// The size of one element in bytes.
    public let stride: Int

    /// An error about `count` elements of `stride` bytes.
    public init(count: Int, stride: Int) {
        self.count = count
        self.stride = stride
    }

    public var description: String {
        "cannot allocate \(count) elements of \(stride) bytes: this machine has "
            + "\(AlignedBuffer<UInt8>.physicalMemory >> 20) MiB of memory"
    }
}

/// A fixed-size, zero-filled block of memory whose first element lies on a 64-byte boundary.
///
/// Large blocks lie on a 2-MiB boundary and ask the kernel for huge pages: fewer page faults, fewer TLB misses.
/// The buffer is a reference: whoever holds it may read and write, and must agree with other holders about when. Its
/// pointers do not keep it alive: `f(try AlignedBuffer(x).elements)` reads memory that is gone.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The number of elements.
    public let count: Int
    /// The first element.
    public let pointer: UnsafeMutablePointer<Element>

    /// Allocates `count` elements, all bits zero.
    ///
    /// - Throws: ``AllocationError`` if `count` is negative or exceeds the machine's physical memory.
    public init(count: Int) throws(AllocationError) {
        let stride = MemoryLayout<Element>.stride
        let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
        guard count >= 0, !overflow, bytes <= AlignedBuffer<UInt8>.physicalMemory else {
            throw AllocationError(count: count, stride: stride)
        }
        let huge = 2 << 20
        let alignment = bytes >= 2 * huge ? huge : 64
        let size = max(bytes, 1)
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, alignment, (size + 63) & ~63) == 0, let memory else {
            throw AllocationError(count: count, stride: stride)
        }
        if alignment == huge { madvise(memory, size, MADV_HUGEPAGE) }
        memset(memory, 0, size)
        self.count = count
        pointer = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    /// Allocates a copy of `elements`.
    public convenience init(copying elements: UnsafeBufferPointer<Element>) throws(AllocationError) {
        try self.init(count: elements.count)
        if let base = elements.baseAddress { pointer.update(from: base, count: elements.count) }
    }

    /// Allocates a copy of `elements`.
    public convenience init(_ elements: [Element]) throws(AllocationError) {
        try self.init(count: elements.count)
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
        }
    }

    deinit { free(pointer) }

    /// All elements, to read; valid only while somebody holds this buffer.
    public var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: pointer, count: count) }

    /// All elements, to read and write; valid only while somebody holds this buffer.
    public var mutableElements: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }

    /// An independent copy.
    public func copy() throws(AllocationError) -> AlignedBuffer { try AlignedBuffer(copying: elements) }

    /// Overwrites this buffer with `other`, which must have as many elements.
    public func assign(_ other: AlignedBuffer) {
        precondition(other.count == count, "buffers of \(other.count) and \(count) elements")
        pointer.update(from: other.pointer, count: count)
    }

    /// Sets every bit to zero.
    public func zero() { memset(pointer, 0, count * MemoryLayout<Element>.stride) }
}

extension AlignedBuffer where Element == UInt8 {
    /// The machine's memory in bytes: the largest size that an allocation may ask for.
    static let physicalMemory: Int = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
}
