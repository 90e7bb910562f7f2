import Buffers
import Tensors

/// The gradient of ``Convolution`` with respect to its image: operands dy and w, result dx.
public struct ConvolutionDataGradient: Operator {
    public static let name = "ConvDataGradient"

    /// The convolution's window.
    public let window: Window
    /// The convolution's groups.
    public let groups: Int
    /// The image's shape, N x C x H x W.
    public let shape: [Int]

    /// The operator.
    public init(window: Window, groups: Int, shape: [Int]) {
        self.window = window
        self.groups = groups
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let w = try operands.shape(1, "W", rank: 4)
        try operands.expectShape(0, "dY", try window.convolvedShape(of: shape, weights: w, groups: groups))
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, w, dx) = (operands.input(0), operands.input(1), operands.output())
        dx.fill(0)
        let (channels, xStep, wStep) = (w.shape[1], dx.strides[1], w.strides[1])
        let places = window.onImages(of: shape)
        places.forEachPlace(channels: w.shape[0]) { n, o, i, j in
            let first = o / (w.shape[0] / groups) * channels
            let gradient = dy[n, o, i, j]
            places.forEachPixel(i, j) { row, column, k, l in
                let (pixel, weight) = (dx.pixel(n, first, row, column), w.pixel(o, 0, k, l))
                for c in 0..<channels { pixel[c * xStep] += gradient * weight[c * wStep] }
            }
        }
    }

    /// What it is the gradient of is linear in both operands, so that its own gradients are convolutions.
    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        if context.needsGradient(0) {
            let operation = Convolution(window: window, groups: groups)
            context.contribute(try context.emit(operation, gradient, context.input(1)), to: 0)
        }
        if context.needsGradient(1) {
            let operation = ConvolutionWeightGradient(
                window: window, groups: groups, shape: context.shape(of: context.input(1)))
            context.contribute(try context.emit(operation, context.input(0), gradient), to: 1)
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let dy = inputs[0], let w = inputs[1]?.shape else { return 0 }
        return Shape.checkedCount([dy.count] + w[1...]) ?? .max
    }
}

/// The gradient of ``Convolution`` with respect to its weights: operands dy and x, result dw.
public struct ConvolutionWeightGradient: Operator {
    public static let name = "ConvWeightGradient"

    /// The convolution's window.
    public let window: Window
    /// The convolution's groups.
    public let groups: Int
    /// The weights' shape, O x C/groups x kernel.
    public let shape: [Int]

    /// The operator.
    public init(window: Window, groups: Int, shape: [Int]) {
        self.window = window
        self.groups = groups
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let x = try operands.shape(1, "X", rank: 4)
        try operands.expectShape(0, "dY", try window.convolvedShape(of: x, weights: shape, groups: groups))
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, dw) = (operands.input(0), operands.input(1), operands.output())
        dw.fill(0)
        let (channels, xStep, wStep) = (shape[1], x.strides[1], dw.strides[1])
        let places = window.onImages(of: x.shape)
        places.forEachPlace(channels: shape[0]) { n, o, i, j in
            let first = o / (shape[0] / groups) * channels
            let gradient = dy[n, o, i, j]
            places.forEachPixel(i, j) { row, column, k, l in
                let (pixel, weight) = (x.pixel(n, first, row, column), dw.pixel(o, 0, k, l))
                for c in 0..<channels { weight[c * wStep] += gradient * pixel[c * xStep] }
            }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0, 1], outputs: false) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let dy = inputs[0] else { return 0 }
        return Shape.checkedCount([dy.count] + shape[1...]) ?? .max
    }
}

/// The sum of an N x C x … tensor over everything but the channels: the gradient of a bias. Operand x, result (C).
public struct ChannelSum: Operator {
    public static let name = "ChannelSum"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let shape = try operands.shape(0, "data")
        guard shape.count >= 2 else {
            throw OperandError("needs at least two dimensions, N x C, not \(Shape.describe(shape))")
        }
        return [.real([shape[1]])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, sum) = (operands.input(0), operands.output())
        for c in 0..<x.shape[1] {
            var total: E = 0
            x.slice(1, at: c).forEach { total += $0 }
            sum[c] = total
        }
    }
}
