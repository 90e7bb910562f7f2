import Tensors

/// An initialiser of a model that was not read as a whole: what it is, and which bytes its elements are.
struct ScannedInitializer {
    /// Where elements are.
    enum Place {
        /// A range of the model's own file.
        case model(Range<Int>)
        /// A range of another file.
        case external(ExternalData)
        /// In a form that has no place of its own for every element, or none at all; what it is called.
        case other(String)
    }

    let name: String
    let dataType: ONNXDataType
    let shape: [Int]
    let byteCount: Int
    let place: Place
}

/// Finds the initialisers of a model's main graph; everything else is stepped over, unread.
///
/// ``ONNXModel`` holds a file in memory to check, run and edit it. For ten checkpoints of a large model that is too much.
struct InitializerScan {
    private(set) var initializers: [ScannedInitializer] = []
    private let source: ByteSource
    private let directory: String

    /// A tensor's name, or a key in its description, is no longer than this.
    static let longestText = 1 << 20

    /// Scans a file.
    ///
    /// - Throws: ``ONNXError``.
    init(_ source: ByteSource, directory: String) throws(ONNXError) {
        self.source = source
        self.directory = directory
        guard source.count > 0 else { throw .notONNX(reason: "it is empty") }
        var hasVersion = false
        var graph: Range<Int>?
        var cursor = WireFileCursor(source, in: 0..<source.count)
        var isFirst = true
        while true {
            let field: WireField?
            do throws(ONNXError) { field = try cursor.next("the model") } catch {
                if isFirst, case .malformed = error {
                    throw .notONNX(reason: "its first bytes are not those of a model")
                }
                throw error
            }
            guard let field else { break }
            isFirst = false
            switch (field.number, field.type) {
            case (WireNumber.Model.irVersion, .varint): hasVersion = true
            case (WireNumber.Model.graph, .lengthDelimited):
                guard graph == nil else {
                    throw .malformed(field: "graph", offset: field.start, reason: "the field occurs twice")
                }
                graph = field.payload
            case (WireNumber.Model.graph, _), (WireNumber.Model.irVersion, _):
                throw .notONNX(reason: "its fields are not those of a model")
            default: break
            }
        }
        guard hasVersion else { throw .missing(field: "ir_version") }
        guard let graph else { throw .missing(field: "graph") }
        try scan(graph: graph)
    }

    private mutating func scan(graph: Range<Int>) throws(ONNXError) {
        var names: Set<String> = []
        var cursor = WireFileCursor(source, in: graph)
        while let field = try cursor.next("graph") {
            guard field.number == WireNumber.Graph.initializer, field.type == .lengthDelimited else { continue }
            let tensor = try scan(tensor: field.payload, index: initializers.count)
            guard names.insert(tensor.name).inserted else {
                throw .invalidTensor(name: tensor.name, reason: "two initialisers have this name")
            }
            initializers.append(tensor)
        }
    }

    private func scan(tensor range: Range<Int>, index: Int) throws(ONNXError) -> ScannedInitializer {
        let label = "graph.initializer[\(index)]"
        var tensor = TensorFields()
        var cursor = WireFileCursor(source, in: range)
        while let field = try cursor.next(label) {
            switch field.number {
            case WireNumber.Tensor.dims: tensor.dimensions += try integers(field, label)
            case WireNumber.Tensor.dataType: tensor.dataType = try integers(field, label).last ?? 0
            case WireNumber.Tensor.name: tensor.name = try text(field.payload, label)
            case WireNumber.Tensor.dataLocation: tensor.isExternal = try integers(field, label).last == 1
            case WireNumber.Tensor.externalData:
                let entry = try entry(field.payload, label)
                tensor.entries[entry.key] = entry.value
            case WireNumber.Tensor.rawData: tensor.raw = field.payload
            case WireNumber.Tensor.floatData, WireNumber.Tensor.doubleData, WireNumber.Tensor.int32Data,
                WireNumber.Tensor.int64Data, WireNumber.Tensor.uint64Data, WireNumber.Tensor.stringData:
                tensor.typed.append(field)
            default: break
            }
        }
        return try tensor.initializer(directory: directory)
    }

    /// The integers of a field: one, or several packed.
    private func integers(_ field: WireField, _ label: String) throws(ONNXError) -> [Int] {
        guard field.type == .varint || field.type == .lengthDelimited, field.payload.count <= 1 << 16 else {
            throw .malformed(field: label, offset: field.start, reason: "the field is encoded as a different type")
        }
        let bytes = try source.onnxBytes(field.payload)
        let numbers = bytes.withUnsafeBytes { pointer -> Result<[Int], WireFault> in
            do throws(WireFault) {
                var cursor = WireCursor(pointer, in: 0..<pointer.count)
                var numbers: [Int] = []
                while cursor.position < pointer.count {
                    numbers.append(Int(truncatingIfNeeded: try cursor.readVarint()))
                }
                return .success(numbers)
            } catch { return .failure(error) }
        }
        do { return try numbers.get() } catch {
            throw .malformed(field: label, offset: field.start + error.offset, reason: error.reason)
        }
    }

    private func text(_ range: Range<Int>, _ label: String) throws(ONNXError) -> String {
        guard range.count <= Self.longestText else {
            throw .malformed(field: label, offset: range.lowerBound, reason: "a text of \(range.count) bytes")
        }
        return String(decoding: try source.onnxBytes(range), as: UTF8.self)
    }

    private func entry(_ range: Range<Int>, _ label: String) throws(ONNXError) -> (key: String, value: String) {
        var entry = (key: "", value: "")
        var cursor = WireFileCursor(source, in: range)
        while let field = try cursor.next(label) {
            if field.number == WireNumber.Entry.key { entry.key = try text(field.payload, label) }
            if field.number == WireNumber.Entry.value { entry.value = try text(field.payload, label) }
        }
        return entry
    }
}

/// What a tensor's message says.
private struct TensorFields {
    var name = ""
    var dimensions: [Int] = []
    var dataType = 0
    var raw: Range<Int>?
    var typed: [WireField] = []
    var isExternal = false
    var entries: [String: String] = [:]

    func initializer(directory: String) throws(ONNXError) -> ScannedInitializer {
        func invalid(_ reason: String) -> ONNXError { .invalidTensor(name: name, reason: reason) }
        // An element has at most 128 bits.
        guard let count = Shape.checkedCount(dimensions), count < Int.max >> 8 else {
            throw invalid("the impossible shape \(dimensions)")
        }
        let type = ONNXDataType(rawValue: Int32(truncatingIfNeeded: dataType))
        let bytes = ((type.bits ?? 0) * count + 7) / 8
        let place: ScannedInitializer.Place
        if isExternal {
            guard typed.isEmpty, (raw ?? 0..<0).isEmpty else {
                throw invalid("it has elements both inside and outside the file")
            }
            place = .external(try ExternalData(entries, tensor: name, directory: directory, byteCount: bytes))
        } else if let raw, !raw.isEmpty || typed.isEmpty {
            guard typed.isEmpty else { throw invalid("it has its elements twice, raw and typed") }
            guard type.bits == nil || raw.count == bytes else {
                throw invalid(
                    "\(raw.count) bytes of raw data, but the shape \(Shape.describe(dimensions)) of \(type) needs \(bytes)"
                )
            }
            place = type.bits == nil ? .other("\(type)") : .model(raw)
        } else {
            place = try typedPlace(type, bytes)
        }
        return ScannedInitializer(name: name, dataType: type, shape: dimensions, byteCount: bytes, place: place)
    }

    /// Packed numbers of 32 or 64 bits lie in the file as raw ones do.
    private func typedPlace(_ type: ONNXDataType, _ bytes: Int) throws(ONNXError) -> ScannedInitializer.Place {
        let field = type == .float ? WireNumber.Tensor.floatData : type == .double ? WireNumber.Tensor.doubleData : 0
        guard field != 0 else { return .other("\(type) in typed form") }
        guard typed.allSatisfy({ $0.number == field }) else {
            throw .invalidTensor(name: name, reason: "its elements are of another type than it says")
        }
        let found = typed.reduce(0) { $0 + $1.payload.count }
        guard found == bytes else {
            throw .invalidTensor(
                name: name,
                reason:
                    "\(found) bytes of elements, but the shape \(Shape.describe(dimensions)) of \(type) needs \(bytes)")
        }
        if typed.isEmpty { return .model(0..<0) }
        guard typed.count == 1 else { return .other("\(type) in pieces") }
        return .model(typed[0].payload)
    }
}
