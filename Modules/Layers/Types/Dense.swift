import Graphs

/// A matrix product with learnt weights and an offset. Images are flattened first.
///
/// Weights start uniform on ±1/√inputs, PyTorch's rule for `Linear`: He's larger ones give a classifier whose first logits
/// are far too sure of themselves (on `digits` a first loss of 3.5 instead of 2.3, and half a percent at the end).
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
            "\(name).weight", shape: [outputs, inputs], kind: .weight,
            .uniform(limit: 1 / Double(max(inputs, 1)).squareRoot()))
        let bias = hasBias ? builder.parameter("\(name).bias", shape: [outputs], kind: .bias, .zeros) : nil
        return try builder.graph.apply(Gemm(transposeB: true), flat, weight, bias, name: name)
    }
}
