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
            let inputs = try constants.map { try $0?.bytes(as: Float.self) }
            let results = try types.map { try AlignedBuffer<Float>(count: $0.count) }
            let scratch = try AlignedBuffer<UInt8>(count: 64)
            // Without a result there is nothing to compute, though there may be 2^40 empty rows to walk over.
            guard types.contains(where: { $0.count > 0 }) else { return try zip(types, results).map(constant) }
            let pointers =
                inputs.map { $0.map { UnsafeMutableRawPointer($0.pointer) } }
                + results.map { UnsafeMutableRawPointer($0.pointer) }
            withExtendedLifetime((inputs, results, scratch)) {
                pointers.withUnsafeBufferPointer { table in
                    guard let operands = table.baseAddress else { return }
                    let call = KernelCall(
                        operands: operands, inputCount: inputs.count,
                        scratch: UnsafeMutableRawPointer(scratch.pointer),
                        prepared: UnsafeMutableRawPointer(scratch.pointer), workers: .serial,
                        invocation: Invocation())
                    operation.evaluate(
                        Operands<Float>(
                            call: call,
                            inputs: constants.map { $0.map { PhysicalType($0.type, layout: .rowMajor) } },
                            outputs: types.map { PhysicalType($0, layout: .rowMajor) }))
                }
            }
            return try zip(types, results).map(constant)
        } catch { throw .outOfMemory("node '\(node)': \(error)") }
    }

    private static func constant(_ type: ValueType, _ elements: AlignedBuffer<Float>) throws -> Constant {
        .real(try Tensor(shape: type.shape, adopting: elements))
    }
}
