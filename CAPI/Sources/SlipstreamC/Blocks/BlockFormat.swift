import Buffers

/// How a saved state lies in memory. All numbers are in the machine's byte order; all entries begin at multiples of 8.
///
///     bytes 0-7     "SLIPSAVE"
///     bytes 8-11    the format's version, 1
///     bytes 12-15   0x01020304, which tells the byte order
///     bytes 16-23   the size of all of it
///     bytes 24-31   the number of entries
///     entries       the name's length (4 bytes), the elements' kind (4), their number (8), the name, the elements
///     last 8 bytes  the checksum of everything before
enum BlockFormat {
    static let magic: [UInt8] = Array("SLIPSAVE".utf8)
    static let version: UInt32 = 1
    static let byteOrder: UInt32 = 0x0102_0304
    static let headSize = 32
    static let entryHeadSize = 16
    static let checksumSize = 8

    /// What an entry's elements are.
    enum Kind: UInt32 {
        case bytes = 0
        case f32 = 1
        case f64 = 2

        /// The size of an element in bytes.
        var stride: Int {
            switch self {
            case .bytes: 1
            case .f32: 4
            case .f64: 8
            }
        }

        /// The kind of a vector's elements.
        static func of<Element: Scalar>(_ type: Element.Type) -> Kind { Element.self == Float.self ? .f32 : .f64 }
    }

    /// The next multiple of 8.
    static func padded(_ size: Int) -> Int { (size + 7) & ~7 }
}
