import Buffers
import Tensors

/// Blocks of channels spread over blocks of pixels. ONNX `DepthToSpace`.
///
/// Operand: x (N x C·b² x H x W). Result: N x C x H·b x W·b.
public struct DepthToSpace: RearrangingOperator {
    public static let name = "DepthToSpace"

    /// The height and width of a block, b.
    public let block: Int
    /// Whether the channels of one pixel of the result lie b² apart (ONNX's `CRD`, PyTorch's `PixelShuffle`'s order), or
    /// next to each other (`DCR`).
    public let isColumnRowDepth: Bool

    /// The operator; the order's default is ONNX's.
    public init(block: Int, isColumnRowDepth: Bool = false) {
        self.block = block
        self.isColumnRowDepth = isColumnRowDepth
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let x = try operands.shape(0, "input", rank: 4)
        guard (1...1 << 16).contains(block), x[1] % (block * block) == 0 else {
            throw OperandError("\(x[1]) channels do not divide into blocks of \(block) x \(block)")
        }
        return [.real([x[0], x[1] / (block * block), x[2] * block, x[3] * block])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0] else { return [] }
        let (deep, wide) = PixelBlocks.grids(x, outputs[0], block: block, isColumnRowDepth: isColumnRowDepth)
        return [ElementMove(deep, to: wide)]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = SpaceToDepth(block: block, isColumnRowDepth: isColumnRowDepth)
        context.contribute(try context.emit(operation, gradient), to: 0)
    }
}

/// The same elements as channels and as pixels.
enum PixelBlocks {
    /// The elements of N x C·b² x H x W and of N x C x H·b x W·b as N x b x b x C x H x W.
    static func grids(
        _ deep: PhysicalType, _ wide: PhysicalType, block: Int, isColumnRowDepth: Bool
    ) -> (deep: ElementGrid, wide: ElementGrid) {
        let channels = wide.shape[1]
        let shape = [deep.shape[0], block, block, channels, deep.shape[2], deep.shape[3]]
        let (d, w) = (deep.strides, wide.strides)
        let depth =
            isColumnRowDepth
            ? [block * d[1], d[1], block * block * d[1]] : [block * channels * d[1], channels * d[1], d[1]]
        return (
            ElementGrid(shape: shape, strides: [d[0]] + depth + [d[2], d[3]]),
            ElementGrid(shape: shape, strides: [w[0], w[2], w[3], w[1], block * w[2], block * w[3]])
        )
    }
}
