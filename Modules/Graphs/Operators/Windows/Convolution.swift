import Buffers
import Tensors

/// Two-dimensional convolution. ONNX `Conv`.
///
/// y[n, o, i, j] = b[o] + Σ x[n, c, row(i, k), column(j, l)] · w[o, c − first(o), k, l], over the input channels c of
/// o's group and the window's rows k and columns l; pixels in the padding are 0.
///
/// Operands: x (N x C x H x W), w (O x C/groups x kernel), b (O, may be left out).
public struct Convolution: Operator {
    public static let name = "Conv"

    /// The window; its kernel is that of the weights.
    public let window: Window
    /// The number of groups of channels, at least 1; it divides C and O.
    public let groups: Int
    /// What is applied to the result.
    public let activation: Activation

    /// The operator.
    public init(window: Window, groups: Int = 1, activation: Activation = .identity) {
        self.window = window
        self.groups = groups
        self.activation = activation
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...3)
        let x = try operands.shape(0, "X", rank: 4)
        let w = try operands.shape(1, "W", rank: 4)
        let shape = try window.convolvedShape(of: x, weights: w, groups: groups)
        try operands.expectShape(2, "B", [w[0]])
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, w, y, bias) = (
            operands.input(0), operands.input(1), operands.output(), operands.optionalInput(2)
        )
        let (channels, xStep, wStep) = (w.shape[1], x.strides[1], w.strides[1])
        let places = window.onImages(of: x.shape)
        places.forEachPlace(channels: w.shape[0]) { n, o, i, j in
            let first = o / (w.shape[0] / groups) * channels
            var sum = bias?[o] ?? 0
            places.forEachPixel(i, j) { row, column, k, l in
                let (pixel, weight) = (x.pixel(n, first, row, column), w.pixel(o, 0, k, l))
                for c in 0..<channels { sum += pixel[c * xStep] * weight[c * wStep] }
            }
            y[n, o, i, j] = activation(sum)
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let result = context.outputGradient() else { return }
        let gradient = try context.gradient(result, before: activation)
        if context.needsGradient(0) {
            let operation = ConvolutionDataGradient(
                window: window, groups: groups, shape: context.shape(of: context.input(0)))
            context.contribute(try context.emit(operation, gradient, context.input(1)), to: 0)
        }
        if context.needsGradient(1) {
            let operation = ConvolutionWeightGradient(
                window: window, groups: groups, shape: context.shape(of: context.input(1)))
            context.contribute(try context.emit(operation, gradient, context.input(0)), to: 1)
        }
        if context.needsGradient(2) {
            context.contribute(try context.emit(ChannelSum(), gradient), to: 2)
        }
    }

    public func fused(with activation: Activation) -> (any Operator)? {
        self.activation == .identity ? Convolution(window: window, groups: groups, activation: activation) : nil
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let w = inputs[1]?.shape else { return 0 }
        return Shape.checkedCount([outputs[0].count] + w[1...]) ?? .max
    }
}

extension Window {
    /// The shape of a convolution's result, N x O x places.
    ///
    /// - Throws: ``OperandError`` if image, weights, groups and window do not fit each other.
    func convolvedShape(of x: [Int], weights w: [Int], groups: Int) throws -> [Int] {
        guard x.count == 4, w.count == 4, ValueType.real(x).isPlausible, ValueType.real(w).isPlausible else {
            throw OperandError(
                "images and weights have four dimensions, not \(Shape.describe(x)) and \(Shape.describe(w))")
        }
        guard groups >= 1, w[1] > 0, x[1] % groups == 0, x[1] / groups == w[1], w[0] % groups == 0, w[0] > 0 else {
            throw OperandError(
                "\(x[1]) input channels in \(groups) groups do not fit weights of the shape \(Shape.describe(w))")
        }
        guard Array(w[2...]) == kernel else {
            throw OperandError("kernel_shape \(kernel) differs from the weights' \(Array(w[2...]))")
        }
        return [x[0], w[0]] + (try placed(on: Array(x[2...]))).output
    }
}
