import Buffers
import Tensors

/// Blocks of pixels stacked into channels: the inverse of ``DepthToSpace``. ONNX `SpaceToDepth`.
///
/// Operand: x (N x C x H·b x W·b). Result: N x C·b² x H x W.
public struct SpaceToDepth: RearrangingOperator {
    public static let name = "SpaceToDepth"

    /// The height and width of a block, b.
    public let block: Int
    /// The order of the channels; see ``DepthToSpace/isColumnRowDepth``. ONNX has `false` only.
    public let isColumnRowDepth: Bool

    /// The operator.
    public init(block: Int, isColumnRowDepth: Bool = false) {
        self.block = block
        self.isColumnRowDepth = isColumnRowDepth
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let x = try operands.shape(0, "input", rank: 4)
        guard (1...1 << 16).contains(block), x[2] % block == 0, x[3] % block == 0 else {
            throw OperandError("\(x[2]) x \(x[3]) pixels do not divide into blocks of \(block) x \(block)")
        }
        return [.real([x[0], x[1] * block * block, x[2] / block, x[3] / block])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0] else { return [] }
        let (deep, wide) = PixelBlocks.grids(outputs[0], x, block: block, isColumnRowDepth: isColumnRowDepth)
        return [ElementMove(wide, to: deep)]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = DepthToSpace(block: block, isColumnRowDepth: isColumnRowDepth)
        context.contribute(try context.emit(operation, gradient), to: 0)
    }
}
