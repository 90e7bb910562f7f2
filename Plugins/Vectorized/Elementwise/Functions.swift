import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Functions of one number that are built of exponentials, roots and the like, and their gradients.
    func function(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let operation as UnaryGradient:
            guard let function = VectorFunction(operation.function), let count = request.elementCount else {
                return nil
            }
            let name = type(of: operation.function).name.lowercased()
            return Kernel(name: "vectorized.\(name)_gradient") { call in
                let dy = UnsafePointer(call.input(0, as: Float.self))
                let x = UnsafePointer(call.input(1, as: Float.self))
                let dx = call.output(0, as: Float.self)
                call.workers.split(count, grain: elementGrain / 2) { range, _ in
                    let start = range.lowerBound
                    ck_function_gradient_f32(
                        function.code, function.settings, dy + start, x + start, dx + start, range.count)
                }
            }
        case let operation as any UnaryOperator:
            guard let function = VectorFunction(operation), let count = request.elementCount else { return nil }
            return Kernel(name: "vectorized.\(type(of: operation).name.lowercased())") { call in
                let x = UnsafePointer(call.input(0, as: Float.self))
                let y = call.output(0, as: Float.self)
                call.workers.split(count, grain: elementGrain / 2) { range, _ in
                    let start = range.lowerBound
                    ck_function_f32(function.code, function.settings, x + start, y + start, range.count)
                }
            }
        default: return nil
        }
    }
}

/// A function that CKernels has a loop for.
private struct VectorFunction: Sendable {
    let code: ck_function
    let settings: ck_settings

    private init(_ code: ck_function, _ a: Double = 1, _ b: Double = 1, _ c: Double = 1) {
        self.code = code
        settings = ck_settings(a: Float(a), b: Float(b), c: Float(c))
    }

    /// - Returns: `nil` for a function without one.
    init?(_ operation: any UnaryOperator) {
        switch operation {
        case is Abs: self.init(CK_ABSOLUTE)
        case is Exp: self.init(CK_EXPONENTIAL)
        case is Sqrt: self.init(CK_SQUARE_ROOT)
        case is Reciprocal: self.init(CK_RECIPROCAL)
        case is Erf: self.init(CK_ERROR_FUNCTION)
        case let unit as Elu: self.init(CK_EXPONENTIAL_UNIT, unit.alpha)
        case let unit as Celu: self.init(CK_EXPONENTIAL_UNIT, unit.alpha, 1 / unit.alpha)
        case let unit as Selu: self.init(CK_EXPONENTIAL_UNIT, unit.alpha, 1, unit.gamma)
        case let unit as HardSigmoid: self.init(CK_HARD_SIGMOID, unit.alpha, unit.beta)
        case is HardSwish: self.init(CK_HARD_SWISH)
        case is Silu: self.init(CK_SILU)
        case let unit as Gelu: self.init(unit.approximates ? CK_GELU_TANH : CK_GELU)
        case is Mish: self.init(CK_MISH)
        case is Softplus: self.init(CK_SOFTPLUS)
        case is Softsign: self.init(CK_SOFTSIGN)
        default: return nil
        }
    }
}
