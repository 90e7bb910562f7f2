import Graphs

/// Batch normalisation of each channel, with a learnt scale and shift.
///
/// S. Ioffe, C. Szegedy, *Batch normalization*, ICML 2015.
public struct BatchNorm2D: Layer {
    /// Added to the variance.
    public let epsilon: Double
    /// The share of the old running statistic that a step keeps, ONNX's convention: PyTorch's 0.1 is 0.9 here.
    public let momentum: Double

    /// Batch normalisation.
    ///
    /// - Parameters:
    ///   - epsilon: above 0.
    ///   - momentum: from 0 to 1.
    public init(epsilon: Double = 1e-5, momentum: Double = 0.9) {
        self.epsilon = epsilon
        self.momentum = momentum
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let name = builder.name("norm")
        let shape = builder.shape(of: value)
        let channels = [shape.count > 1 ? shape[1] : 1]
        let operands = [
            value,
            builder.parameter("\(name).weight", shape: channels, kind: .scale, .ones),
            builder.parameter("\(name).bias", shape: channels, kind: .shift, .zeros),
            builder.parameter("\(name).running_mean", shape: channels, kind: .statistic, .zeros),
            builder.parameter("\(name).running_var", shape: channels, kind: .statistic, .ones),
        ]
        let operation = BatchNormalization(epsilon: epsilon, momentum: momentum)
        return try builder.graph.append(operation, inputs: operands, name: name)[0]
    }
}
