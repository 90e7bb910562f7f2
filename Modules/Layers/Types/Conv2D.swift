import Graphs

/// A convolution of images with learnt filters, started by He's rule on the fan-in.
public struct Conv2D: Layer {
    /// The number of output channels.
    public let channels: Int
    /// The filters' size, their steps and the zeros around the image.
    public let window: Window
    /// The number of groups of channels.
    public let groups: Int
    /// Whether an offset is added to each output channel.
    public let hasBias: Bool

    /// A convolution with square filters.
    ///
    /// - Parameters:
    ///   - channels: output channels, at least 1.
    ///   - kernel: the filters' side, at least 1.
    ///   - stride: at least 1.
    ///   - padding: rows and columns of zeros on every side, at least 0.
    ///   - groups: divides input and output channels.
    ///   - bias: off where batch normalisation follows, which has an offset of its own.
    public init(
        _ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, bias: Bool = true
    ) {
        self.init(
            channels, kernel: (kernel, kernel), stride: stride, padding: (padding, padding), groups: groups, bias: bias)
    }

    /// A convolution with rectangular filters. See ``init(_:kernel:stride:padding:groups:bias:)``.
    ///
    /// - Parameters:
    ///   - channels: output channels, at least 1.
    ///   - kernel: the filters' height and width, at least 1.
    ///   - stride: the step in both directions, at least 1.
    ///   - padding: rows of zeros above and below, columns to the left and to the right.
    ///   - groups: divides input and output channels.
    ///   - bias: whether an offset is added to each output channel.
    public init(
        _ channels: Int, kernel: (height: Int, width: Int), stride: Int = 1,
        padding: (height: Int, width: Int) = (0, 0),
        groups: Int = 1, bias: Bool = true
    ) {
        self.channels = channels
        self.groups = groups
        hasBias = bias
        window = Window(
            kernel: [kernel.height, kernel.width], strides: [stride, stride],
            padding: .explicit(
                top: padding.height, left: padding.width, bottom: padding.height, right: padding.width))
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let name = builder.name("conv")
        let shape = builder.shape(of: value)
        // A shape that is no image's is refused by the operator, whose message says so.
        let inputs = shape.count == 4 ? shape[1] / max(groups, 1) : 1
        let fan = inputs &* window.kernel[0] &* window.kernel[1]
        let weight = builder.parameter(
            "\(name).weight", shape: [channels, inputs] + window.kernel, kind: .weight, .he(fan: fan))
        let bias = hasBias ? builder.parameter("\(name).bias", shape: [channels], kind: .bias, .zeros) : nil
        return try builder.graph.apply(
            Convolution(window: window, groups: groups), value, weight, bias, name: name)
    }
}
