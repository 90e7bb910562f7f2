import Tensors

/// The initialisers of an ONNX file's main graph, read in pieces; the copy keeps every other byte of the file.
///
/// Elements may be raw, packed, or lie in external files, which are copied beside the new model. Constants of nodes and of
/// inner graphs are no initialisers: they stay, those in external files included.
public final class ONNXTensorFile: TensorFile {
    public let path: String
    public let tensors: [StoredTensor]
    private let source: ByteSource
    private let directory: String
    private let places: [ScannedInitializer.Place]
    public let otherPaths: [String]
    private var opened: [String: ByteSource] = [:]

    /// Opens a file and finds its initialisers.
    ///
    /// - Throws: `FileError` if it cannot be opened; ``ONNXError`` if it is no model, is cut off or damaged, or a tensor has
    ///   another number of elements than its shape says.
    public init(contentsOf path: String) throws {
        self.path = path
        source = try ByteSource(path: path)
        let folder = path.lastIndex(of: "/").map { path[..<$0] }
        directory = folder.map { $0.isEmpty ? "/" : String($0) } ?? "."
        let scan: InitializerScan
        do throws(ONNXError) {
            scan = try InitializerScan(source, directory: directory)
            var paths: [String] = []
            for location in try DataFileScan(source).locations {
                paths.append(try ExternalData.path(of: location, tensor: "?", directory: directory))
            }
            otherPaths = paths
        } catch { throw ONNXFileError(path: path, error: error) }
        places = scan.initializers.map(\.place)
        tensors = scan.initializers.map { initializer in
            var numbers = Self.numbers(initializer.dataType)
            var typeName = initializer.dataType.description
            if case .other(let form) = initializer.place, numbers != .other { (numbers, typeName) = (.foreign, form) }
            return StoredTensor(
                name: initializer.name, typeName: typeName, numbers: numbers, shape: initializer.shape,
                byteCount: initializer.byteCount)
        }
    }

    private static func numbers(_ type: ONNXDataType) -> StoredTensor.Numbers {
        switch type {
        case .float: .float32
        case .double: .float64
        case .float16: .float16
        case .bfloat16: .bfloat16
        default: type.isInteger || type == .string ? .other : .foreign
        }
    }

    public func reader(of index: Int) throws -> any ElementReader {
        switch places[index] {
        case .model(let range): return reader(source, range)
        case .external(let data): return reader(try external(data.path), data.range)
        case .other:
            throw ONNXFileError(
                path: path,
                error: .unsupportedElements(
                    tensor: tensors[index].name, type: tensors[index].typeName, wanted: "bytes"))
        }
    }

    private func reader(_ source: ByteSource, _ range: Range<Int>) -> RangeReader {
        RangeReader(source, range: range) { Self.shorter(source) }
    }

    private func external(_ path: String) throws -> ByteSource {
        let source = try opened[path] ?? ByteSource(path: path)
        opened[path] = source
        return source
    }

    private static func shorter(_ source: ByteSource) -> ONNXError {
        .unreadable(path: source.name, reason: "it became shorter while it was read")
    }

    public func otherPaths(ofCopyAt path: String) -> [String] {
        ExternalRenaming.targets(otherPaths.count, output: path)
    }

    public func writeCopy(
        to path: String, replacing replaced: Set<Int>,
        elements: (_ index: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        var inModel: [(index: Int, range: Range<Int>)] = []
        var outside: [String: [(index: Int, range: Range<Int>)]] = [:]
        for index in replaced.sorted() {
            switch places[index] {
            case .model(let range): if !range.isEmpty { inModel.append((index, range)) }
            case .external(let data):
                if data.count > 0 { outside[data.location, default: []].append((index, data.range)) }
            case .other: break
            }
        }
        guard !otherPaths.isEmpty else {
            return try AtomicFile.write(to: path) { file in
                try copy(source, 0..<source.count, inModel, to: file, elements)
            }
        }
        let layout = try ExternalRenaming(source: source, output: path, changed: Set(outside.keys))
        var pending: [PendingFile] = []
        for (location, target) in layout.files {
            let data = try external(try ExternalData.path(of: location, tensor: "?", directory: directory))
            let file = try PendingFile(target)
            try copy(data, 0..<data.count, outside[location] ?? [], to: file.handle, elements)
            pending.append(file)
        }
        let file = try PendingFile(path)
        for piece in layout.rope.pieces {
            switch piece {
            case .new(let bytes): try file.handle.write(bytes)
            case .original(let part):
                try copy(
                    source, part, inModel.filter { part.contains($0.range.lowerBound) }, to: file.handle, elements)
            }
        }
        for data in pending { try data.commit() }
        try file.commit()
    }

    /// Copies a part of a file with new elements in place of some ranges.
    private func copy(
        _ source: ByteSource, _ part: Range<Int>, _ changes: [(index: Int, range: Range<Int>)],
        to file: AtomicFile.Handle,
        _ elements: (_ index: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let sorted = changes.sorted { $0.range.lowerBound < $1.range.lowerBound }
        for (one, next) in zip(sorted, sorted.dropFirst()) where one.range.upperBound > next.range.lowerBound {
            throw ONNXFileError(
                path: self.path,
                error: .invalidTensor(
                    name: tensors[next.index].name, reason: "its bytes are those of '\(tensors[one.index].name)', too"))
        }
        try source.copy(part, replacing: sorted.map(\.range), to: file) {
            Self.shorter(source)
        } _: { position in
            try elements(sorted[position].index) { try file.append($0) }
        }
    }
}

/// A fault of a model, with the file that has it.
public struct ONNXFileError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let error: ONNXError

    /// The file and what is wrong with it.
    public var description: String { "\(path): \(error)" }
}
