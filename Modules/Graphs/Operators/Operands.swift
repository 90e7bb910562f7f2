import Buffers
import Tensors

/// The memory that a reference kernel reads and writes, seen in logical order.
public struct Operands<E: Scalar> {
    let call: KernelCall
    let inputs: [PhysicalType?]
    let outputs: [PhysicalType]

    /// Whether an operand was given.
    public func has(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    /// Whether an operand holds integers.
    public func isInteger(_ index: Int) -> Bool { inputs[index]?.type.kind == .integer }

    /// The number of operand places, those left out included.
    public var inputCount: Int { inputs.count }

    /// A real operand.
    public func input(_ index: Int) -> TensorView<E> {
        let type = inputs[index]!
        return TensorView(call.input(index, as: E.self), shape: type.shape, strides: type.strides)
    }

    /// An operand that may have been left out.
    public func optionalInput(_ index: Int) -> TensorView<E>? { has(index) ? input(index) : nil }

    /// An integer operand.
    public func integers(_ index: Int) -> TensorView<Int32> {
        let type = inputs[index]!
        return TensorView(call.input(index, as: Int32.self), shape: type.shape, strides: type.strides)
    }

    /// A result to write.
    public func output(_ index: Int = 0) -> TensorView<E> {
        let type = outputs[index]
        return TensorView(call.output(index, as: E.self), shape: type.shape, strides: type.strides)
    }

    /// Which run this is: the source of randomness.
    public var invocation: Invocation { call.invocation }
}
