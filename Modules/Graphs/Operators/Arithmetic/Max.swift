import Buffers

/// The largest of one or more tensors, element by element, with broadcasting. ONNX `Max`.
public struct Max: ExtremumOperator {
    public static let name = "Max"
    public static let isLargest = true

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        extremum(operands)
    }
}
