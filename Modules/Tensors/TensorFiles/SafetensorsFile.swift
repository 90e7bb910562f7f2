/// A `.safetensors` file that is read in pieces; elements of every type of the format are copied.
public final class SafetensorsFile: TensorFile {
    public let path: String
    public let tensors: [StoredTensor]
    private let source: ByteSource
    private let ranges: [Range<Int>]

    /// Opens a file and checks its header.
    ///
    /// - Throws: ``FileError`` if it cannot be read; ``FormatError`` as ``Safetensors/init(contentsOf:)``, except that
    ///   any element type will do.
    public init(contentsOf path: String) throws {
        let source = try ByteSource(path: path)
        let (header, dataStart) = try SafetensorsHeader.read(source)
        self.path = path
        self.source = source
        tensors = header.items.map { item in
            StoredTensor(
                name: item.name, typeName: item.dtype, numbers: Self.numbers(item.dtype), shape: item.shape,
                byteCount: item.range.count)
        }
        ranges = header.items.map { dataStart + $0.range.lowerBound..<dataStart + $0.range.upperBound }
    }

    private static func numbers(_ dtype: String) -> StoredTensor.Numbers {
        switch dtype {
        case "F16": .float16
        case "BF16": .bfloat16
        case "F32": .float32
        case "F64": .float64
        case "BOOL", "I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64": .other
        default: .foreign
        }
    }

    public func reader(of index: Int) -> any ElementReader {
        let name = tensors[index].name
        return RangeReader(source, range: ranges[index]) { [path] in Self.missing(path, "the tensor '\(name)'") }
    }

    public func writeCopy(
        to path: String, replacing replaced: Set<Int>,
        elements: (_ index: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let order = replaced.sorted { (ranges[$0].lowerBound, $0) < (ranges[$1].lowerBound, $1) }
        try AtomicFile.write(to: path) { file in
            try source.copy(0..<source.count, replacing: order.map { ranges[$0] }, to: file) {
                Self.missing(self.path, "it")
            } _: {
                try elements(order[$0]) { try file.append($0) }
            }
        }
    }

    private static func missing(_ path: String, _ what: String) -> FormatError {
        FormatError(.truncated, format: ".safetensors", source: path, "\(what) has become shorter while it was read")
    }
}
