/// What stands before the elements of a `.npy` file: their type, their order and the shape.
///
/// Format: `numpy/lib/_format_impl.py`, versions 1.0, 2.0 and 3.0.
struct NPYHeader: Equatable {
    var elementType: ElementType
    var isFortranOrder = false
    var shape: [Int]

    /// The number of bytes that the elements take.
    var byteCount: Int { Shape.count(shape) * elementType.stride }

    /// The first six bytes of every file.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// Plain arrays have headers of some hundred bytes; only structured ones, which are not read here, have more.
    static let longest = 65_535
    /// The element types as NumPy writes them.
    static let descriptors: [(name: String, elementType: ElementType)] = [
        ("<f4", .float32), ("<f8", .float64), ("<i4", .int32), ("<i8", .int64), ("|u1", .uint8),
    ]

    /// The header's bytes, as NumPy itself writes them: version 1.0, room for the first dimension to grow to 21
    /// digits, padded with blanks so that the elements begin at a multiple of 64.
    var encoded: [UInt8] {
        let name = Self.descriptors.first { $0.elementType == elementType }?.name ?? ""
        let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
        var text = "{'descr': '\(name)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(tuple), }"
        if let growing = isFortranOrder ? shape.last : shape.first {
            text += String(repeating: " ", count: max(0, 21 - String(growing).utf8.count))
        }
        let prefix = Self.magic.count + 4
        text += String(repeating: " ", count: 64 - (prefix + text.utf8.count + 1) % 64) + "\n"
        let length = text.utf8.count
        return Self.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(text.utf8)
    }
}

extension NPYHeader {
    /// Reads a header and leaves the stream at the first element.
    ///
    /// - Returns: the header, and the number of bytes that it takes.
    static func read(_ stream: any ByteStream, format: String, source: String) throws -> (Self, length: Int) {
        let (description, length) = try NPYDescription.read(stream, format: format, source: source)
        do { return (try NPYHeader(description), length) } catch {
            throw FormatError(error.kind, format: format, source: source, error.detail)
        }
    }

    /// A header whose elements can be read into memory.
    private init(_ description: NPYDescription) throws(NPYHeaderParser.Fault) {
        guard let known = Self.descriptors.first(where: { $0.name == description.dtype }) else {
            let supported = Self.descriptors.map { $0.name }.joined(separator: ", ")
            throw NPYHeaderParser.Fault(
                kind: .unsupported,
                detail: description.dtype.hasPrefix("[")
                    ? "it holds structured elements; read here: \(supported)"
                    : "its elements have dtype '\(description.dtype)'; read here: \(supported)")
        }
        guard Shape.count(description.shape) <= Int.max / known.elementType.stride else {
            throw NPYHeaderParser.Fault(
                kind: .malformed, detail: "its header claims the impossible shape \(description.shape)")
        }
        self.init(
            elementType: known.elementType, isFortranOrder: description.isFortranOrder, shape: description.shape)
    }
}

extension NPYDescription {
    /// Reads a header and leaves the stream at the first element.
    ///
    /// - Returns: what it says, and the number of bytes that it takes.
    static func read(_ stream: any ByteStream, format: String, source: String) throws -> (Self, length: Int) {
        let (magic, longest) = (NPYHeader.magic, NPYHeader.longest)
        func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
            FormatError(kind, format: format, source: source, detail)
        }
        let start = try stream.bytes(8)
        guard start.prefix(6).elementsEqual(magic.prefix(start.count)) else {
            throw failure(.malformed, "it does not begin with the bytes of a .npy file, \\x93NUMPY")
        }
        guard start.count == 8 else { throw failure(.truncated, "\(start.count) bytes are no header") }
        guard (1...3).contains(start[6]), start[7] == 0 else {
            throw failure(.unsupported, "version \(start[6]).\(start[7]); read here: 1.0, 2.0 and 3.0")
        }
        let size = start[6] == 1 ? 2 : 4
        let lengthBytes = try stream.bytes(size)
        guard lengthBytes.count == size else { throw failure(.truncated, "it ends inside its header") }
        let length = Int(lengthBytes.littleEndian(at: 0, size: size))
        guard length <= longest else {
            throw failure(.unsupported, "a header of \(length) bytes; those of plain arrays have at most \(longest)")
        }
        let text = try stream.bytes(length)
        guard text.count == length else {
            throw failure(.truncated, "its header has \(text.count) of \(length) bytes")
        }
        do {
            var parser = NPYHeaderParser(text)
            return (try parser.parse(), 8 + size + length)
        } catch {
            throw failure(error.kind, error.detail)
        }
    }
}
