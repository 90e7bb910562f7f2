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
        ConvolutionGeometry(window, groups: groups, x: shape, w: w.shape).forEachOutput { n, o, i, j, taps in
            let gradient = dy[n, o, i, j]
            taps { c, row, column, wc, k, l in dx[n, c, row, column] += gradient * w[o, wc, k, l] }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let dy = inputs[0], let w = inputs[1]?.shape else { return 0 }
        return dy.count * w[1] * w[2] * w[3]
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
        ConvolutionGeometry(window, groups: groups, x: x.shape, w: shape).forEachOutput { n, o, i, j, taps in
            let gradient = dy[n, o, i, j]
            taps { c, row, column, wc, k, l in dw[o, wc, k, l] += gradient * x[n, c, row, column] }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0, 1], outputs: false) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let dy = inputs[0] else { return 0 }
        return dy.count * shape[1] * shape[2] * shape[3]
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
