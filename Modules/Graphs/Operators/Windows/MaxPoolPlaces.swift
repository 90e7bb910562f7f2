import Buffers
import Tensors

/// Where the largest pixel under each place of a window is: its index in the whole tensor, as a real number. The second
/// result of ONNX `MaxPool`.
///
/// Of equal pixels it is the first one, row by row, which is also where ``MaxPoolGradient`` goes. A program's integers are
/// known before any data is, and these are not; no gradient flows through them.
///
/// Operand: x (N x C x H x W), of at most 2²⁴ elements, whose indices are exact in single precision.
public struct MaxPoolPlaces: Operator {
    public static let name = "MaxPoolPlaces"

    /// The window; its padding must be narrower than the window.
    public let window: Window
    /// Whether indices within an image go column by column, not row by row. ONNX `storage_order`.
    public let isColumnMajor: Bool

    /// The operator.
    public init(window: Window, isColumnMajor: Bool = false) {
        self.window = window
        self.isColumnMajor = isColumnMajor
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let shape = try operands.shape(0, "X", rank: 4)
        let pooled = try window.pooledShape(of: shape)
        guard let count = Shape.checkedCount(shape), count <= 1 << 24 else {
            throw OperandError("indices into \(Shape.describe(shape)) elements are not exact as real numbers; 2^24 are")
        }
        return [.real(pooled)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let (channels, rows, columns) = (x.shape[1], x.shape[2], x.shape[3])
        let places = window.onImages(of: x.shape)
        places.forEachPlace(channels: channels) { n, c, i, j in
            var largest = -E.infinity
            var found: Int?
            places.forEachPixel(i, j) { row, column, _, _ in
                let pixel = x[n, c, row, column]
                // As in the pooling itself, NaN is larger than any number.
                guard found == nil || pixel > largest || (pixel.isNaN && !largest.isNaN) else { return }
                largest = pixel
                found = isColumnMajor ? column * rows + row : row * columns + column
            }
            let plane: Int = (n * channels + c) * rows * columns
            y[n, c, i, j] = E(plane + (found ?? 0))
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}
}
