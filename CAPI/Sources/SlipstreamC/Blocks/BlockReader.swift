import Buffers
import CSlipstream
import Optimizers

/// A saved state in the caller's memory, checked.
struct BlockReader {
    private struct Entry {
        let kind: BlockFormat.Kind
        let bytes: UnsafeRawBufferPointer
    }

    private var entries: [String: Entry] = [:]
    /// Holds the copy of a block that is not aligned.
    private let copy: AlignedBuffer<UInt8>?

    /// Checks a block, from its length to its checksum.
    init(_ block: UnsafeRawPointer?, _ size: Int, workers: Workers) throws(Failure) {
        let start = try require(block, "block")
        guard size >= BlockFormat.headSize + BlockFormat.checksumSize else {
            throw Failure(SLIP_DAMAGED, "a block of \(UInt(bitPattern: size)) bytes is no saved state")
        }
        var bytes = UnsafeRawBufferPointer(start: start, count: size)
        guard bytes.starts(with: BlockFormat.magic) else {
            throw Failure(SLIP_DAMAGED, "the block is no saved state: it does not begin with SLIPSAVE")
        }
        let stated = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        let order = bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        guard order != BlockFormat.byteOrder.byteSwapped else {
            throw Failure(SLIP_FOREIGN, "the state was saved on a machine of another byte order")
        }
        guard stated == UInt64(size) else {
            throw Failure(SLIP_DAMAGED, "the block has \(size) bytes, but a saved state of \(stated) begins there")
        }
        if UInt(bitPattern: start) % 8 != 0 {
            do {
                let copy = try AlignedBuffer(copying: bytes.bindMemory(to: UInt8.self))
                bytes = UnsafeRawBufferPointer(copy.elements)
                self.copy = copy
            } catch { throw Failure(error) }
        } else {
            copy = nil
        }
        let end = size - BlockFormat.checksumSize
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<end]), workers: workers)
        guard sum == bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self) else {
            throw Failure(SLIP_DAMAGED, "the saved state has changed since it was written: its checksum is another one")
        }
        let version = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        guard version == BlockFormat.version else {
            throw Failure(
                SLIP_FOREIGN, "the saved state is of format \(version); this library reads \(BlockFormat.version)")
        }
        try readEntries(of: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    }

    /// The checksum says that these are as they were written, but not that this library wrote them.
    private mutating func readEntries(of bytes: UnsafeRawBufferPointer) throws(Failure) {
        let malformed = Failure(SLIP_DAMAGED, "the saved state's entries do not fit its size")
        var offset = BlockFormat.headSize
        /// The next so many bytes, if there are as many.
        func take(_ count: UInt64) throws(Failure) -> UnsafeRawBufferPointer {
            guard count <= UInt64(bytes.count - offset) else { throw malformed }
            let taken = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
            offset = min(bytes.count, offset + BlockFormat.padded(Int(count)))
            return taken
        }
        for _ in 0..<bytes.load(fromByteOffset: 24, as: UInt64.self) {
            let head = try take(UInt64(BlockFormat.entryHeadSize))
            guard let kind = BlockFormat.Kind(rawValue: head.load(fromByteOffset: 4, as: UInt32.self)) else {
                throw malformed
            }
            let name = String(decoding: try take(UInt64(head.load(as: UInt32.self))), as: UTF8.self)
            let (size, overflow) = head.load(fromByteOffset: 8, as: UInt64.self)
                .multipliedReportingOverflow(by: UInt64(kind.stride))
            guard !overflow, entries[name] == nil else { throw malformed }
            entries[name] = Entry(kind: kind, bytes: try take(size))
        }
        guard offset == bytes.count else { throw malformed }
    }

    private func entry(_ name: String, _ kind: BlockFormat.Kind) throws(Failure) -> UnsafeRawBufferPointer {
        guard let entry = entries[name], entry.kind == kind else {
            throw Failure(SLIP_FOREIGN, "the saved state has no '\(name)'")
        }
        return entry.bytes
    }

    /// The text of a name.
    func text(_ name: String) throws(Failure) -> String {
        String(decoding: try entry(name, .bytes), as: UTF8.self)
    }

    /// The bytes of a name, or nil if there are none.
    func bytes(_ name: String) -> UnsafeRawBufferPointer? {
        entries[name].flatMap { $0.kind == .bytes ? $0.bytes : nil }
    }

    /// The numbers of a name.
    func numbers(_ name: String) throws(Failure) -> [Double] {
        Array(try entry(name, .f64).bindMemory(to: Double.self))
    }

    /// A whole number from 0 to 2⁵³.
    func count(_ name: String) throws(Failure) -> Int {
        let numbers = try numbers(name)
        guard numbers.count == 1 else { throw Failure(SLIP_FOREIGN, "'\(name)' in the saved state is no number") }
        return try restoring { () throws(StateError) in
            try SavedState<Double>.whole(numbers[0], name: name, in: 0...1 << 53)
        }
    }

    /// The vectors whose names begin with `prefix`, without it.
    func vectors<Element: Scalar>(_ prefix: String, of type: Element.Type) -> [String: UnsafeBufferPointer<Element>] {
        var vectors: [String: UnsafeBufferPointer<Element>] = [:]
        for (name, entry) in entries where name.hasPrefix(prefix) && entry.kind == .of(type) {
            vectors[String(name.dropFirst(prefix.count))] = entry.bytes.bindMemory(to: type)
        }
        return vectors
    }

    /// The lists of numbers whose names begin with `prefix`, without it.
    func numbers(prefix: String) -> [String: [Double]] {
        var numbers: [String: [Double]] = [:]
        for (name, entry) in entries where name.hasPrefix(prefix) && entry.kind == .f64 {
            numbers[String(name.dropFirst(prefix.count))] = Array(entry.bytes.bindMemory(to: Double.self))
        }
        return numbers
    }
}
