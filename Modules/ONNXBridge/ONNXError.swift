/// What can be wrong with an ONNX file, or with what is asked of one.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
    /// There is no file at a path.
    case noSuchFile(path: String)
    /// A file exists but cannot be read.
    case unreadable(path: String, reason: String)
    /// The bytes are something else than an ONNX model.
    case notONNX(reason: String)
    /// The bytes end in the middle of a field: `missing` more are needed at `offset`.
    case truncated(field: String, offset: Int, missing: Int)
    /// The bytes of a field break the rules of the file format.
    case malformed(field: String, offset: Int, reason: String)
    /// A field that every model must have is absent.
    case missing(field: String)
    /// A constant array's description does not agree with its elements.
    case invalidTensor(name: String, reason: String)
    /// A constant array's elements are not of a type that can be read as what was asked for.
    case unsupportedElements(tensor: String, type: String, wanted: String)
    /// A constant array lies in another file, which cannot be used.
    case externalData(tensor: String, location: String, reason: String)
    /// A change that does not fit the model.
    case invalidEdit(reason: String)
    /// A network that cannot be written as a model.
    case notExpressible(reason: String)
    /// A node can be put into inference form only if its further outputs are unused, and they are not.
    case outputsInUse(node: String, outputs: [String])
    /// A file cannot be written.
    case writeFailed(path: String, reason: String)
    /// The model does not fit into this machine's memory.
    case tooLarge(bytes: Int)

    public var description: String {
        switch self {
        case .noSuchFile(let path): "no such file: '\(path)'"
        case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
        case .notONNX(let reason): "not an ONNX model: \(reason)"
        case .truncated(let field, let offset, let missing):
            "the ONNX file is cut off: \(field) at byte \(offset) needs \(missing) more bytes than there are"
        case .malformed(let field, let offset, let reason):
            "the ONNX file is damaged: \(field) at byte \(offset): \(reason)"
        case .missing(let field): "the ONNX file has no \(field): it is incomplete, or cut off"
        case .invalidTensor(let name, let reason): "tensor '\(name)': \(reason)"
        case .unsupportedElements(let tensor, let type, let wanted):
            "tensor '\(tensor)' has elements of type \(type), which cannot be read or written as \(wanted)"
        case .externalData(let tensor, let location, let reason):
            "tensor '\(tensor)' lies in the external file '\(location)': \(reason)"
        case .invalidEdit(let reason): "cannot change the model: \(reason)"
        case .notExpressible(let reason): "the network cannot be written as an ONNX model: \(reason)"
        case .outputsInUse(let node, let outputs):
            "node '\(node)' cannot be put into inference form: its training outputs "
                + "\(outputs.map { "'\($0)'" }.joined(separator: ", ")) are used elsewhere"
        case .writeFailed(let path, let reason): "cannot write '\(path)': \(reason)"
        case .tooLarge(let bytes): "the model needs \(bytes >> 20) MiB, more than this machine can give"
        }
    }
}
