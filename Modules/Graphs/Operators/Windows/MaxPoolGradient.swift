import Buffers
import Tensors

/// The gradient of ``MaxPool``: operands dy, x, y, result dx.
///
/// Each dy goes to the first pixel, row by row, that equals its window's maximum y. With the activation `relu`, x is a
/// ReLU's result and dx goes on through the ReLU's gradient: a dy whose y is not positive goes nowhere.
public struct MaxPoolGradient: Operator {
    public static let name = "MaxPoolGradient"

    /// The pooling's window.
    public let window: Window
    /// Whose gradient follows.
    public let activation: Activation

    /// The operator.
    public init(window: Window, activation: Activation = .identity) {
        self.window = window
        self.activation = activation
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(3...3)
        let shape = try operands.shape(1, "X", rank: 4)
        let pooled = try window.pooledShape(of: shape)
        try operands.expectShape(0, "dY", pooled)
        try operands.expectShape(2, "Y", pooled)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, y, dx) = (operands.input(0), operands.input(1), operands.input(2), operands.output())
        let places = window.onImages(of: x.shape)
        // dx may lie in x's memory: there every pixel is read before it is written.
        if window.isDisjoint { clearRest(of: dx) } else { dx.fill(0) }
        places.forEachPlace(channels: x.shape[1]) { n, c, i, j in
            let largest = y[n, c, i, j]
            var found = activation == .relu && !(largest > 0)
            places.forEachPixel(i, j) { row, column, _, _ in
                let pixel = x[n, c, row, column]
                let isHit = !found && (pixel == largest || (pixel.isNaN && largest.isNaN))
                if window.isDisjoint {
                    dx[n, c, row, column] = isHit ? dy[n, c, i, j] : 0
                } else if isHit {
                    dx[n, c, row, column] += dy[n, c, i, j]
                }
                if isHit { found = true }
            }
        }
    }

    /// Clears the pixels behind the last places, which no window covers.
    private func clearRest<E: Scalar>(of dx: TensorView<E>) {
        guard let places = try? window.placed(on: Array(dx.shape[2...])) else { return }
        let (rows, columns) = (places.output[0] * window.kernel[0], places.output[1] * window.kernel[1])
        for n in 0..<dx.shape[0] {
            for c in 0..<dx.shape[1] {
                for row in 0..<dx.shape[2] {
                    for column in 0..<dx.shape[3] where row >= rows || column >= columns { dx[n, c, row, column] = 0 }
                }
            }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0, 1, 2]) }
    public var overwritableInputs: [Int] { window.isDisjoint ? [1] : [] }
}
