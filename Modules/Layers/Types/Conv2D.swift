import Graphs

/// A convolution of images with learnt filters, started by He's rule on the fan-in.
public struct Conv2D: Layer {
    /// The number of output channels.
    public let channels: Int
    /// The filters' height and width.
    public let kernel: Int
    /// The step in both directions.
    public let stride: Int
    /// Rows and columns of zeros on every side.
    public let padding: Int
    /// The number of groups of channels.
    public let groups: Int
    /// Whether an offset is added to each output channel.
    public let hasBias: Bool

    /// A convolution.
    ///
    /// - Parameters:
    ///   - channels: output channels, at least 1.
    ///   - kernel: filter size, at least 1.
    ///   - stride: at least 1.
    ///   - padding: at least 0.
    ///   - groups: divides input and output channels.
    ///   - bias: off where batch normalisation follows, which has an offset of its own.
    public init(
        _ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, bias: Bool = true
    ) {
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.groups = groups
        hasBias = bias
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let name = builder.name("conv")
        let shape = builder.shape(of: value)
        // A shape that is no image's is refused by the operator, whose message says so.
        let inputs = shape.count == 4 ? shape[1] / max(groups, 1) : 1
        let fan = inputs * kernel * kernel
        let weight = builder.parameter(
            "\(name).weight", shape: [channels, inputs, kernel, kernel], kind: .weight, .he(fan: fan))
        let bias = hasBias ? builder.parameter("\(name).bias", shape: [channels], kind: .bias, .zeros) : nil
        let window = Window(
            kernel: [kernel, kernel], strides: [stride, stride], padding: .all(padding))
        return try builder.graph.apply(
            Convolution(window: window, groups: groups), value, weight, bias, name: name)
    }
}
