import Buffers
import Foundation

/// A `.safetensors` file: named tensors and a few strings.
///
/// Opening reads and checks the header alone; tensors are read when they are asked for, straight to their place.
///
/// ```swift
/// let file = try Safetensors(contentsOf: "checkpoint.safetensors")
/// let weights: AlignedBuffer<Float> = try file.buffer("weights")
/// ```
public struct Safetensors: Sendable {
    /// One tensor of the file.
    public struct Entry: Sendable, Hashable {
        /// The tensor's name, unique in the file.
        public let name: String
        /// The type of its elements.
        public let elementType: ElementType
        /// Its dimensions, outermost first.
        public let shape: [Int]
        /// The bytes that it takes, counted from the end of the header.
        public let range: Range<Int>

        /// The number of its elements.
        public var count: Int { Shape.count(shape) }
    }

    /// The tensors, in the header's order.
    public let entries: [Entry]
    /// The strings that the file carries besides.
    public let metadata: [String: String]
    private let source: ByteSource
    private let dataStart: Int
    private let indices: [String: Int]

    /// Opens a file.
    ///
    /// - Throws: ``FileError`` if it cannot be read. ``FormatError`` if it is cut off; if its header is no JSON, names a
    ///   tensor twice, or gives a tensor another number of bytes than its shape takes; if tensors overlap, leave gaps
    ///   or lie outside the file; if elements are not F32, F64, I32, I64 or U8.
    public init(contentsOf path: String) throws { try self.init(ByteSource(path: path)) }

    /// Opens a file in memory; see ``init(contentsOf:)``.
    public init(_ data: Data) throws { try self.init(ByteSource(data)) }

    private init(_ source: ByteSource) throws {
        let (header, dataStart) = try SafetensorsHeader.read(source)
        do {
            entries = try header.items.map { item throws(SafetensorsHeader.Fault) in try Entry(item) }
        } catch {
            throw FormatError(error.kind, format: ".safetensors", source: source.name, error.detail)
        }
        metadata = header.metadata
        self.dataStart = dataStart
        indices = Dictionary(uniqueKeysWithValues: entries.indices.map { [entries] in (entries[$0].name, $0) })
        self.source = source
    }

    /// The tensor called `name`, if there is one.
    public subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// Reads a tensor over memory that the caller has.
    ///
    /// - Parameters:
    ///   - name: the tensor's name.
    ///   - elements: as many elements as the tensor has.
    /// - Throws: ``FormatError`` if there is no such tensor or it has elements of another type or number,
    ///   ``FileError`` if the file cannot be read.
    public func read<Element: TensorElement>(_ name: String, into elements: UnsafeMutableBufferPointer<Element>) throws
    {
        let entry = try entry(name, of: Element.elementType)
        guard entry.count == elements.count else {
            throw failure(
                .mismatched, "the tensor '\(name)' has \(Shape.describe(entry.shape)) elements, not \(elements.count)")
        }
        let bytes = UnsafeMutableRawBufferPointer(elements)
        guard try source.read(at: dataStart + entry.range.lowerBound, into: bytes) == bytes.count else {
            throw failure(.truncated, "the tensor '\(name)' is cut off")
        }
    }

    /// Reads a tensor into a new buffer.
    ///
    /// - Throws: as ``read(_:into:)`` does, and `AllocationError` if it does not fit memory.
    public func buffer<Element: TensorElement>(_ name: String) throws -> AlignedBuffer<Element> {
        let buffer = try AlignedBuffer<Element>(count: entry(name, of: Element.elementType).count)
        try read(name, into: buffer.mutableElements)
        return buffer
    }

    /// Reads a tensor with its shape.
    ///
    /// - Throws: as ``read(_:into:)`` does, and `AllocationError` if it does not fit memory.
    public func tensor<Element: TensorElement>(_ name: String) throws -> Tensor<Element> {
        let entry = try entry(name, of: Element.elementType)
        return try Tensor(shape: entry.shape, adopting: buffer(name))
    }

    private func entry(_ name: String, of elementType: ElementType) throws -> Entry {
        guard let entry = self[name] else {
            let names = entries.prefix(8).map(\.name).joined(separator: ", ") + (entries.count > 8 ? ", …" : "")
            throw failure(
                .missing, "it holds no tensor '\(name)'; " + (names.isEmpty ? "it holds none" : "it holds: \(names)"))
        }
        guard entry.elementType == elementType else {
            throw failure(
                .mismatched,
                "the tensor '\(name)' has elements of \(SafetensorsHeader.name(of: entry.elementType)), not "
                    + SafetensorsHeader.name(of: elementType))
        }
        return entry
    }

    private func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
        FormatError(kind, format: ".safetensors", source: source.name, detail)
    }
}
