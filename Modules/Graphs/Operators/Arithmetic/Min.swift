import Buffers

/// The smallest of one or more tensors, element by element, with broadcasting. ONNX `Min`.
public struct Min: ExtremumOperator {
    public static let name = "Min"
    public static let isLargest = false

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        extremum(operands)
    }
}
