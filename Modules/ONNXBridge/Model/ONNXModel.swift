import Buffers
import CONNXProto

/// An ONNX file: its network as values, and its bytes, so that it can be written back with nothing else changed.
///
/// ```swift
/// let model = try ONNXModel(path: "network.onnx")
/// for tensor in model.graph.initializers where tensor.dataType.isTrainable {
///     print(tensor.name, tensor.shape, try tensor.elements(as: Float.self).prefix(3))
/// }
/// ```
public struct ONNXModel: Sendable {
    /// The version of the file format.
    public let irVersion: Int
    /// The operator sets that nodes refer to, by domain; the standard one is empty.
    public let opsets: [String: Int]
    /// The program that wrote the file.
    public let producerName: String
    /// That program's version.
    public let producerVersion: String
    /// The model's family, such as `com.example.vision`.
    public let domain: String
    /// The model's own version.
    public let modelVersion: Int
    /// What the author says of it.
    public let documentation: String
    /// Further notes, by key.
    public let metadata: [String: String]
    /// The network.
    public let graph: ONNXGraph
    /// Operators that the model defines itself.
    public let functions: [ONNXFunction]
    /// The path it was read from; `nil` if it was read from memory.
    public let path: String?

    /// The file's bytes.
    let bytes: AlignedBuffer<UInt8>
    /// What they unpack to; every tensor of this model refers to it.
    let owner: ParsedModel
    /// The folder of external data.
    let directory: String?

    /// The version of the standard operators.
    public var opset: Int { opsets[""] ?? 1 }

    /// Reads a file.
    ///
    /// All of the file's structure is checked, and that every constant array has as many elements as its shape says,
    /// external ones included. Whether its operators make sense is ``ONNXChecker``'s question.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - permitsMissingData: whether a model whose external data is missing, or does not fit, is described all the same;
    ///     what lies there cannot be read then. False by default.
    /// - Throws: ``ONNXError``.
    public init(path: String, permitsMissingData: Bool = false) throws(ONNXError) {
        let bytes = try FileReader.contents(of: path)
        let folder = path.lastIndex(of: "/").map { path[..<$0] }
        try self.init(
            bytes, path: path, directory: folder.map { $0.isEmpty ? "/" : String($0) } ?? ".",
            permitsMissingData: permitsMissingData)
    }

    /// Reads a model from memory.
    ///
    /// - Parameters:
    ///   - bytes: a whole serialised model.
    ///   - directory: the folder in which external data is looked for; without one a model that has any is refused.
    /// - Throws: ``ONNXError``.
    public init(bytes: [UInt8], directory: String? = nil) throws(ONNXError) {
        let copy: AlignedBuffer<UInt8>
        do { copy = try AlignedBuffer(bytes) } catch { throw .tooLarge(bytes: bytes.count) }
        try self.init(copy, path: nil, directory: directory)
    }

    /// The model that an edit made of another one's file: of the same path, and with the same external data.
    init(_ bytes: [UInt8], editedFrom original: ONNXModel) throws(ONNXError) {
        let copy: AlignedBuffer<UInt8>
        do { copy = try AlignedBuffer(bytes) } catch { throw .tooLarge(bytes: bytes.count) }
        try self.init(copy, path: original.path, directory: original.directory)
    }

    private init(
        _ bytes: AlignedBuffer<UInt8>, path: String?, directory: String?, permitsMissingData: Bool = false
    ) throws(ONNXError) {
        let raw = UnsafeRawBufferPointer(bytes.elements)
        try WireCheck.check(raw)
        let owner = try ParsedModel(bytes)
        let proto = owner.message.pointee
        guard proto.has_ir_version != 0, proto.ir_version > 0 else { throw .missing(field: "ir_version") }
        guard let graph = proto.graph else { throw .missing(field: "graph") }
        // Operator sets came with IR version 3; before it there was only the first.
        guard proto.n_opset_import > 0 || proto.ir_version < 3 else { throw .missing(field: "opset_import") }
        let context = ParsingContext(owner: owner, directory: directory, permitsMissingData: permitsMissingData)
        irVersion = Int(proto.ir_version)
        opsets = Parsed.opsets(proto.opset_import, proto.n_opset_import)
        producerName = Parsed.text(proto.producer_name)
        producerVersion = Parsed.text(proto.producer_version)
        domain = Parsed.text(proto.domain)
        modelVersion = Int(proto.model_version)
        documentation = Parsed.text(proto.doc_string)
        metadata = Parsed.entries(proto.metadata_props, proto.n_metadata_props)
        self.graph = try ONNXGraph(graph.pointee, context, [WireKey(WireNumber.Model.graph)])
        var functions: [ONNXFunction] = []
        for (index, function) in Parsed.messages(proto.functions, proto.n_functions).enumerated() {
            let inner = [WireKey(WireNumber.Model.functions, index)]
            functions.append(try ONNXFunction(function.pointee, context, inner))
        }
        self.functions = functions
        self.path = path
        self.bytes = bytes
        self.owner = owner
        self.directory = directory
    }
}

extension ONNXModel {
    /// Calls `body` with every constant array: initialisers and attributes, those of inner graphs and functions too.
    func forEachTensor(_ body: (ONNXTensor) -> Void) {
        func visit(_ nodes: [ONNXNode]) {
            for attribute in nodes.lazy.flatMap(\.attributes) {
                attribute.tensors.forEach(body)
                for graph in attribute.graphs { visit(graph) }
            }
        }
        func visit(_ graph: ONNXGraph) {
            graph.initializers.forEach(body)
            visit(graph.nodes)
        }
        visit(graph)
        for function in functions { visit(function.nodes) }
    }
}
