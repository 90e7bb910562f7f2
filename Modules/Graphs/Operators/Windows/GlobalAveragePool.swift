import Buffers
import Tensors

/// The mean of each channel of an image. ONNX `GlobalAveragePool`.
///
/// Operand: x (N x C x H x W). Result: N x C x 1 x 1.
public struct GlobalAveragePool: Operator {
    public static let name = "GlobalAveragePool"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let x = try operands.shape(0, "X", rank: 4)
        guard x[2] > 0, x[3] > 0 else { throw OperandError("an image of \(x[2]) x \(x[3]) pixels has no mean") }
        return [.real([x[0], x[1], 1, 1])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let pixels = E(x.shape[2] * x.shape[3])
        y.fill(0)
        y.accumulate(x)
        y.set(from: y) { $0 / pixels }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = GlobalAveragePoolGradient(shape: context.shape(of: context.input(0)))
        context.contribute(try context.emit(operation, gradient), to: 0)
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
}

/// The gradient of ``GlobalAveragePool``: operand dy (N x C x 1 x 1), result dy / (H · W) at every pixel.
public struct GlobalAveragePoolGradient: Operator {
    public static let name = "GlobalAveragePoolGradient"

    /// The image's shape, N x C x H x W.
    public let shape: [Int]

    /// The operator.
    public init(shape: [Int]) { self.shape = shape }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let image = try operands.imageShape(shape)
        try operands.expectShape(0, "dY", [image[0], image[1], 1, 1])
        return [.real(image)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let pixels = E(shape[2] * shape[3])
        operands.output().set(from: operands.input(0)) { $0 / pixels }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
}
