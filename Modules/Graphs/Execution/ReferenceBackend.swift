import Buffers
import Tensors

/// The backend that implements every operator, in plain Swift, in both precisions and any layout.
///
/// It defines what each operator means; the others are tested against it. It is not fast.
public struct ReferenceBackend: Backend {
    /// The reference backend.
    public init() {}

    public var name: String { "reference" }
    public var preference: Int { 0 }

    public func kernel(for request: KernelRequest) -> Kernel? {
        switch request.precision {
        case .float32: kernel(for: request, as: Float.self)
        case .float64: kernel(for: request, as: Double.self)
        default: nil
        }
    }

    private func kernel<E: Scalar>(for request: KernelRequest, as precision: E.Type) -> Kernel {
        let (operation, inputs, outputs) = (request.operation, request.inputs, request.outputs)
        return Kernel(name: "reference.\(type(of: operation).name.lowercased())") { call in
            operation.evaluate(Operands<E>(call: call, inputs: inputs, outputs: outputs))
        }
    }

    /// Applies an operator to constants.
    static func evaluate(
        _ operation: any Operator, _ constants: [Constant?], types: [ValueType], node: String
    ) throws(GraphError) -> [Constant] {
        do {
            var inputs = constants.map { constant -> Tensor<Float>? in
                if case .real(let tensor) = constant { tensor } else { nil }
            }
            var results = try types.map { try Tensor<Float>(shape: $0.shape) }
            let layouts = types.map { PhysicalType($0, layout: .rowMajor) }
            var pointers: [UnsafeMutableRawPointer?] = []
            // The tensors are this function's own and outlive the call below, so their addresses stay valid.
            for index in inputs.indices {
                pointers.append(
                    try inputs[index]?.withMutableElements { UnsafeMutableRawPointer($0.baseAddress) } ?? nil)
            }
            for index in results.indices {
                pointers.append(try results[index].withMutableElements { UnsafeMutableRawPointer($0.baseAddress) })
            }
            let scratch = try AlignedBuffer<UInt8>(count: 64)
            withExtendedLifetime((inputs, results, scratch)) {
                pointers.withUnsafeBufferPointer { table in
                    let call = KernelCall(
                        operands: table.baseAddress!, inputCount: inputs.count,
                        scratch: UnsafeMutableRawPointer(scratch.pointer), workers: .serial,
                        invocation: Invocation())
                    operation.evaluate(
                        Operands<Float>(
                            call: call,
                            inputs: constants.map { $0.map { PhysicalType($0.type, layout: .rowMajor) } },
                            outputs: layouts))
                }
            }
            return results.map { .real($0) }
        } catch { throw .outOfMemory("node '\(node)': \(error)") }
    }
}
