import Buffers
import CSlipstream

/// The entries of a state that is being saved, and how they get into the caller's memory.
struct BlockWriter {
    private struct Entry {
        let name: [UInt8]
        let kind: BlockFormat.Kind
        let count: Int
        let content: Content

        var size: Int {
            BlockFormat.entryHeadSize + BlockFormat.padded(name.count) + BlockFormat.padded(count * kind.stride)
        }
    }

    private enum Content {
        /// Memory that the handle holds while the block is written.
        case memory(UnsafeRawPointer?)
        case numbers([Double])
        case bytes([UInt8])
    }

    private var entries: [Entry] = []

    /// Adds a text.
    mutating func add(_ name: String, _ text: String) {
        let bytes = Array(text.utf8)
        entries.append(Entry(name: Array(name.utf8), kind: .bytes, count: bytes.count, content: .bytes(bytes)))
    }

    /// Adds numbers.
    mutating func add(_ name: String, _ numbers: [Double]) {
        entries.append(Entry(name: Array(name.utf8), kind: .f64, count: numbers.count, content: .numbers(numbers)))
    }

    /// Adds a vector; its memory has to stay as it is until the block is written.
    mutating func add<Element: Scalar>(_ name: String, _ vector: UnsafeBufferPointer<Element>) {
        entries.append(
            Entry(
                name: Array(name.utf8), kind: .of(Element.self), count: vector.count,
                content: .memory(UnsafeRawPointer(vector.baseAddress))))
    }

    /// Adds bytes; their memory has to stay as it is until the block is written.
    mutating func add(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>) {
        entries.append(
            Entry(
                name: Array(name.utf8), kind: .bytes, count: bytes.count,
                content: .memory(UnsafeRawPointer(bytes.baseAddress))))
    }

    /// The block's size in bytes.
    var size: Int {
        entries.reduce(BlockFormat.headSize + BlockFormat.checksumSize) { $0 + $1.size }
    }

    /// Tells the size, and writes the block if there is memory for it.
    func write(
        to block: UnsafeMutableRawPointer?, capacity: Int, _ size: UnsafeMutablePointer<Int>?, workers: Workers
    ) throws(Failure) -> slip_status {
        let size = try require(size, "size")
        size.pointee = self.size
        if block == nil, capacity == 0 { return SLIP_OK }
        let block = try require(block, "block")
        guard UInt(bitPattern: capacity) >= UInt(self.size) else {
            throw Failure(
                SLIP_WRONG_COUNT,
                "the saved state has \(self.size) bytes, and the block has \(UInt(bitPattern: capacity))")
        }
        write(to: UnsafeMutableRawBufferPointer(start: block, count: self.size), workers)
        return SLIP_OK
    }

    private func write(to block: UnsafeMutableRawBufferPointer, _ workers: Workers) {
        func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
            block.storeBytes(of: number, toByteOffset: offset, as: Number.self)
        }
        block.copyBytes(from: BlockFormat.magic)
        put(BlockFormat.version, at: 8)
        put(BlockFormat.byteOrder, at: 12)
        put(UInt64(block.count), at: 16)
        put(UInt64(entries.count), at: 24)
        var offset = BlockFormat.headSize
        /// Copies bytes and fills up to a multiple of 8.
        func append(_ source: UnsafeRawBufferPointer) {
            let end = offset + BlockFormat.padded(source.count)
            block[offset..<end].copyBytes(from: source)
            for index in offset + source.count..<end { block[index] = 0 }
            offset = end
        }
        for entry in entries {
            put(UInt32(entry.name.count), at: offset)
            put(entry.kind.rawValue, at: offset + 4)
            put(UInt64(entry.count), at: offset + 8)
            offset += BlockFormat.entryHeadSize
            entry.name.withUnsafeBytes(append)
            switch entry.content {
            case .memory(let start):
                append(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : entry.count * entry.kind.stride))
            case .numbers(let numbers): numbers.withUnsafeBytes(append)
            case .bytes(let bytes): bytes.withUnsafeBytes(append)
            }
        }
        put(Checksum.of(UnsafeRawBufferPointer(rebasing: block[..<offset]), workers: workers), at: offset)
    }
}
