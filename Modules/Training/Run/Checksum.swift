/// A 64-bit checksum that notices every change confined to one word of eight bytes, and almost every other one.
///
/// FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), on words instead of bytes and in four lanes that take them in turn, so that
/// hundreds of megabytes cost less than reading them does. Each step maps the lane's state one to one for a given word, and
/// the word one to one for a given state: a changed word can never be lost. Not meant against forgery.
struct Checksum {
    private var lanes: SIMD4<UInt64> = [
        0xCBF2_9CE4_8422_2325, 0x9AE1_6A3B_2F90_404F, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9,
    ]
    private static let prime: UInt64 = 0x100_0000_01B3

    /// Takes in a block of bytes; where a block ends makes a difference.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let stride = MemoryLayout<SIMD4<UInt64>>.stride
        let whole = bytes.count / stride * stride
        for offset in Swift.stride(from: 0, to: whole, by: stride) {
            step(bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self))
        }
        var rest = SIMD4<UInt64>()
        withUnsafeMutableBytes(of: &rest) { $0.copyBytes(from: bytes[whole...]) }
        step(rest)
        step([UInt64(bytes.count), 0, 0, 0])
    }

    /// Takes in a text.
    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Takes in numbers, bit by bit.
    mutating func add<Number: BitwiseCopyable>(_ numbers: UnsafeBufferPointer<Number>) {
        add(UnsafeRawBufferPointer(numbers))
    }

    private mutating func step(_ words: SIMD4<UInt64>) {
        for lane in 0..<4 {
            let mixed = (lanes[lane] ^ words[lane]) &* Self.prime
            lanes[lane] = mixed ^ mixed >> 32
        }
    }

    /// The checksum so far, 16 hexadecimal digits.
    var text: String {
        var total = lanes[0]
        for lane in 1..<4 {
            total = (total ^ lanes[lane]) &* Self.prime
            total ^= total >> 32
        }
        let digits = String(total, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
