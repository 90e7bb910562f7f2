import CSlipstream

/// Structs whose first member tells how much of them the caller knows.
enum Tagged {
    /// The size of a struct in the first version that had it: what callers know at least. Where members have been added
    /// since, their size has to be taken off again here.
    static func firstSize<Struct>(of type: Struct.Type) -> Int { MemoryLayout<Struct>.stride }

    /// Checks that a struct is aligned, and large enough for what has always been in it.
    static func check<Struct>(_ target: UnsafeMutablePointer<Struct>, _ name: String, least: Int) throws(Failure) {
        guard UInt(bitPattern: target) % UInt(MemoryLayout<Struct>.alignment) == 0 else {
            throw Failure(SLIP_INVALID_ARGUMENT, "\(name) is not aligned to \(MemoryLayout<Struct>.alignment) bytes")
        }
        let size = UnsafeRawPointer(target).load(as: UInt.self)
        guard size >= UInt(least) else {
            throw Failure(SLIP_INVALID_ARGUMENT, "\(name)->size is \(size); set it to sizeof, at least \(least)")
        }
    }

    /// Writes the members that the caller knows, all but the size.
    static func write<Struct: BitwiseCopyable>(_ value: Struct, to target: UnsafeMutablePointer<Struct>) {
        let tag = MemoryLayout<UInt>.size
        let size = UnsafeRawPointer(target).load(as: UInt.self)
        let known = Int(min(size, UInt(MemoryLayout<Struct>.stride)))
        withUnsafeBytes(of: value) { source in
            guard let base = source.baseAddress, known > tag else { return }
            (UnsafeMutableRawPointer(target) + tag).copyMemory(from: base + tag, byteCount: known - tag)
        }
    }
}
