import Buffers
import Tensors

/// The largest pixel under each place of a window, channel by channel. ONNX `MaxPool` without its indices.
///
/// y[n, c, i, j] = max over the window's rows k and columns l of x[n, c, row(i, k), column(j, l)]. Pixels in the padding do
/// not take part. NaN under a window makes its result NaN.
///
/// Operand: x (N x C x H x W).
public struct MaxPool: Operator {
    public static let name = "MaxPool"

    /// The window; its padding must be narrower than the window.
    public let window: Window

    /// The operator.
    public init(window: Window) { self.window = window }

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
            var largest = -E.infinity
            places.forEachPixel(i, j) { row, column, _, _ in
                let pixel = x[n, c, row, column]
                // `max` would let a number win over NaN: a diverged network must not look sound.
                if pixel > largest || pixel.isNaN { largest = pixel }
            }
            y[n, c, i, j] = largest
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = MaxPoolGradient(window: window)
        context.contribute(try context.emit(operation, gradient, context.input(0), context.output()), to: 0)
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
}
