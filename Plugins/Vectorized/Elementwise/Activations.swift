import Buffers
import CKernels
import Graphs
import Tensors

/// A loop over x and y.
private typealias UnaryLoop = @Sendable (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
/// A loop over a, b and y.
private typealias BinaryLoop =
    @Sendable (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void

extension VectorizedBackend {
    /// Functions of one element, and their gradients.
    func activation(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case is Relu: return unary("relu", request, ck_relu_f32)
        case is ReluGradient: return binary("relu_gradient", request, ck_relu_gradient_f32)
        case is Sigmoid: return unary("sigmoid", request, ck_sigmoid_f32)
        case is SigmoidGradient: return binary("sigmoid_gradient", request, ck_sigmoid_gradient_f32)
        case is Tanh: return unary("tanh", request, ck_tanh_f32)
        case is TanhGradient: return binary("tanh_gradient", request, ck_tanh_gradient_f32)
        case let operation as LeakyRelu:
            let alpha = Float(operation.alpha)
            return unary("leaky_relu", request) { x, y, n in ck_leaky_relu_f32(x, alpha, y, n) }
        case let operation as LeakyReluGradient:
            let alpha = Float(operation.alpha)
            return binary("leaky_relu_gradient", request) { dy, sign, dx, n in
                ck_leaky_relu_gradient_f32(dy, sign, alpha, dx, n)
            }
        case let operation as Clip:
            let (lower, upper) = (Float(operation.lower ?? -.infinity), Float(operation.upper ?? .infinity))
            return unary("clip", request) { x, y, n in ck_clip_f32(x, lower, upper, y, n) }
        case let operation as ClipGradient:
            let (lower, upper) = (Float(operation.lower ?? -.infinity), Float(operation.upper ?? .infinity))
            return binary("clip_gradient", request) { dy, x, dx, n in
                ck_clip_gradient_f32(dy, x, lower, upper, dx, n)
            }
        case let operation as Scale:
            let factor = Float(operation.factor)
            return unary("scale", request) { x, y, n in ck_scale_f32(x, factor, y, n) }
        default: return nil
        }
    }

    private func unary(_ name: String, _ request: KernelRequest, _ loop: @escaping UnaryLoop) -> Kernel? {
        guard let count = request.elementCount else { return nil }
        return Kernel(name: "vectorized.\(name)") { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            call.workers.split(count, grain: elementGrain) { range, _ in
                loop(x + range.lowerBound, y + range.lowerBound, range.count)
            }
        }
    }

    private func binary(_ name: String, _ request: KernelRequest, _ loop: @escaping BinaryLoop) -> Kernel? {
        guard let count = request.elementCount else { return nil }
        return Kernel(name: "vectorized.\(name)") { call in
            let a = UnsafePointer(call.input(0, as: Float.self))
            let b = UnsafePointer(call.input(1, as: Float.self))
            let y = call.output(0, as: Float.self)
            call.workers.split(count, grain: elementGrain) { range, _ in
                loop(a + range.lowerBound, b + range.lowerBound, y + range.lowerBound, range.count)
            }
        }
    }
}
