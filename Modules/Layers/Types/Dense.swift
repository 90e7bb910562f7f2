import Graphs

/// A matrix product with learnt weights and an offset. Images are flattened first.
///
/// Weights start by ``Initializer/dense(inputs:)``, offsets at zero.
public struct Dense: Layer {
    /// The number of outputs.
    public let outputs: Int
    /// Whether an offset is added to each output.
    public let hasBias: Bool

    /// A dense layer.
    ///
    /// - Parameters:
    ///   - outputs: at least 1.
    ///   - bias: whether an offset is added.
    public init(_ outputs: Int, bias: Bool = true) {
        self.outputs = outputs
        hasBias = bias
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let name = builder.name("dense")
        let flat = builder.shape(of: value).count == 2 ? value : try builder.graph.apply(Flatten(), value)
        let inputs = builder.shape(of: flat)[1]
        let weight = builder.parameter(
            "\(name).weight", shape: [outputs, inputs], kind: .weight, .dense(inputs: inputs))
        let bias = hasBias ? builder.parameter("\(name).bias", shape: [outputs], kind: .bias, .zeros) : nil
        return try builder.graph.apply(Gemm(transposeB: true), flat, weight, bias, name: name)
    }
}
