import Buffers
import Tensors

/// The mean of the pixels under each place of a window, channel by channel. ONNX `AveragePool`.
///
/// The divisor is the number of the window's pixels inside the image or, if padding counts, inside the padded image;
/// what hangs over the padded image in ceil mode never counts.
///
/// Operand: x (N x C x H x W).
public struct AveragePool: Operator {
    public static let name = "AveragePool"

    /// The window; its padding must be narrower than the window.
    public let window: Window
    /// Whether pixels in the padding count as zeros. ONNX `count_include_pad`.
    public let countsPadding: Bool

    /// The operator.
    public init(window: Window, countsPadding: Bool = false) {
        self.window = window
        self.countsPadding = countsPadding
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        return [.real(try window.pooledShape(of: try operands.shape(0, "X", rank: 4)))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let places = window.onImages(of: x.shape)
        places.forEachPlace(channels: x.shape[1]) { n, c, i, j in
            var sum: E = 0
            places.forEachPixel(i, j) { row, column, _, _ in sum += x[n, c, row, column] }
            y[n, c, i, j] = sum / E(places.divisor(i, j, countsPadding: countsPadding))
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = AveragePoolGradient(
            window: window, countsPadding: countsPadding, shape: context.shape(of: context.input(0)))
        context.contribute(try context.emit(operation, gradient), to: 0)
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
}

/// The gradient of ``AveragePool``: operand dy, result dx.
public struct AveragePoolGradient: Operator {
    public static let name = "AveragePoolGradient"

    /// The pooling's window.
    public let window: Window
    /// Whether the pooling counts pixels in the padding.
    public let countsPadding: Bool
    /// The image's shape, N x C x H x W.
    public let shape: [Int]

    /// The operator.
    public init(window: Window, countsPadding: Bool, shape: [Int]) {
        self.window = window
        self.countsPadding = countsPadding
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let image = try operands.imageShape(shape)
        try operands.expectShape(0, "dY", try window.pooledShape(of: image))
        return [.real(image)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, dx) = (operands.input(0), operands.output())
        dx.fill(0)
        let places = window.onImages(of: shape)
        places.forEachPlace(channels: shape[1]) { n, c, i, j in
            let share = dy[n, c, i, j] / E(places.divisor(i, j, countsPadding: countsPadding))
            places.forEachPixel(i, j) { row, column, _, _ in dx[n, c, row, column] += share }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
}
