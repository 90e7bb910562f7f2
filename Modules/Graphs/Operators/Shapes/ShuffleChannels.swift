import Buffers
import Tensors

/// Channels in groups, as a matrix of groups x channels, put into the order of its transpose: the first of every group,
/// then the second of every group.
///
/// Networks of grouped convolutions write it as a reshape to five dimensions, a transposition and a reshape back; as one
/// operator it can be done in any physical order.
///
/// Operand: x (N x C x H x W).
///
/// Reference: X. Zhang, X. Zhou, M. Lin, J. Sun, arXiv:1707.01083.
public struct ShuffleChannels: RearrangingOperator {
    public static let name = "ShuffleChannels"

    /// The number of groups, which divides the number of channels.
    public let groups: Int

    /// The operator.
    public init(groups: Int) { self.groups = groups }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let x = try operands.shape(0, "X", rank: 4)
        guard groups >= 1, x[1] % groups == 0 else {
            throw OperandError("\(x[1]) channels do not divide into \(groups) groups")
        }
        return [.real(x)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) { rearrange(operands) }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0] else { return [] }
        let size = x.shape[1] / groups
        let shape = [x.shape[0], size, groups, x.shape[2], x.shape[3]]
        let (from, to) = (x.strides, outputs[0].strides)
        return [
            ElementMove(
                ElementGrid(shape: shape, strides: [from[0], from[1], size * from[1], from[2], from[3]]),
                to: ElementGrid(shape: shape, strides: [to[0], groups * to[1], to[1], to[2], to[3]]))
        ]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let channels = context.shape(of: gradient)[1]
        context.contribute(try context.emit(ShuffleChannels(groups: max(1, channels / groups)), gradient), to: 0)
    }
}
