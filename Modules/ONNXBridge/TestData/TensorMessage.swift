import Buffers

/// A tensor in a file of its own, a serialised `TensorProto`: what ONNX's test data are made of.
///
/// ```swift
/// let input = try TensorMessage(path: "test_data_set_0/input_0.pb")
/// print(input.tensor.shape, try input.tensor.elements(as: Float.self).prefix(3))
/// ```
public struct TensorMessage: Sendable {
    /// The tensor.
    public let tensor: ONNXTensor
    /// The message as it stands in the file.
    let bytes: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: ``ONNXError``, also for a tensor whose elements lie in yet another file, and for a sequence or an
    ///   optional value in the tensor's place.
    public init(path: String) throws(ONNXError) {
        let file = try FileReader.contents(of: path)
        try self.init(bytes: withExtendedLifetime(file) { Array(file.elements) })
    }

    /// Reads a tensor from memory.
    ///
    /// - Parameter bytes: a whole serialised `TensorProto`.
    /// - Throws: ``ONNXError``.
    public init(bytes: [UInt8]) throws(ONNXError) {
        // As the only constant of a model it goes through the same checks as a model's.
        let model = WireWriter.message { model in
            model.integer(WireNumber.Model.irVersion, 8)
            model.message(WireNumber.Model.graph) { $0.data(WireNumber.Graph.initializer, bytes) }
            model.message(WireNumber.Model.opsetImport) { $0.integer(WireNumber.Opset.version, 13) }
        }
        let tensor = try ONNXModel(bytes: model).graph.initializers[0]
        // Neither an empty file nor most other messages have a type of elements where a tensor has it.
        guard tensor.dataType.rawValue != 0 else {
            throw .invalidTensor(name: tensor.name, reason: "the file holds no tensor: it names no type of elements")
        }
        self.tensor = tensor
        self.bytes = bytes
    }
}
