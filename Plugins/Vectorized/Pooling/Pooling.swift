import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Windows over channels-last images.
    func pooling(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let pool as MaxPool: maxPool(pool, request)
        case let pool as MaxPoolGradient: maxPoolGradient(pool, request)
        case let pool as AveragePool: averagePool(pool, request)
        case let pool as AveragePoolGradient: averagePoolGradient(pool, request)
        default: nil
        }
    }

    private func maxPool(_ operation: MaxPool, _ request: KernelRequest) -> Kernel? {
        guard let geometry = WindowGeometry(operation.window, request, images: request.inputs[0]) else { return nil }
        return Kernel(name: "vectorized.max_pool") { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            geometry.splitLines(call.workers) { window, range in
                ck_max_pool_f32(x, window, range.lowerBound, range.count, y)
            }
        }
    }

    private func maxPoolGradient(_ operation: MaxPoolGradient, _ request: KernelRequest) -> Kernel? {
        guard let geometry = WindowGeometry(operation.window, request, images: request.inputs[1]) else { return nil }
        let gradient =
            operation.window.isDisjoint ? ck_disjoint_max_pool_gradient_f32 : ck_max_pool_gradient_f32
        let relu: Int32 = operation.activation == .relu ? 1 : 0
        return Kernel(name: "vectorized.max_pool_gradient") { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let x = UnsafePointer(call.input(1, as: Float.self))
            let y = UnsafePointer(call.input(2, as: Float.self))
            let dx = call.output(0, as: Float.self)
            geometry.splitImages(call.workers) { window, images, channels in
                gradient(
                    dy, x, y, window, images.lowerBound, images.count, channels.lowerBound, channels.count, relu, dx)
            }
        }
    }

    private func averagePool(_ operation: AveragePool, _ request: KernelRequest) -> Kernel? {
        guard let geometry = WindowGeometry(operation.window, request, images: request.inputs[0]),
            let shares = geometry.shares(countsPadding: operation.countsPadding)
        else { return nil }
        return Kernel(name: "vectorized.average_pool") { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            geometry.splitLines(call.workers) { window, range in
                ck_average_pool_f32(x, window, shares.pointer, range.lowerBound, range.count, y)
            }
        }
    }

    private func averagePoolGradient(_ operation: AveragePoolGradient, _ request: KernelRequest) -> Kernel? {
        guard let geometry = WindowGeometry(operation.window, request, images: request.outputs[0]),
            let shares = geometry.shares(countsPadding: operation.countsPadding)
        else { return nil }
        return Kernel(name: "vectorized.average_pool_gradient") { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let dx = call.output(0, as: Float.self)
            geometry.splitImages(call.workers) { window, images, channels in
                ck_average_pool_gradient_f32(
                    dy, window, shares.pointer, images.lowerBound, images.count, channels.lowerBound, channels.count,
                    dx)
            }
        }
    }
}
