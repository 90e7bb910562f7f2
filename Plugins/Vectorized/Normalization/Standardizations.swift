import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Groups of numbers that lie side by side, moved and scaled to mean 0 and variance 1.
    func standardization(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let operation as Standardization:
            guard let rows = GroupRows(operation, request) else { return nil }
            return Kernel(name: "vectorized.standardization") { call in
                let x = UnsafePointer(call.input(0, as: Float.self))
                let y = call.output(0, as: Float.self)
                rows.split(call.workers) { start, count in
                    ck_standardize_f32(x + start, count, rows.length, operation.epsilon, y + start)
                }
            }
        case let operation as StandardizationGradient:
            guard let rows = GroupRows(operation.standardization, request) else { return nil }
            return Kernel(name: "vectorized.standardization_gradient") { call in
                let dy = UnsafePointer(call.input(0, as: Float.self))
                let x = UnsafePointer(call.input(1, as: Float.self))
                let dx = call.output(0, as: Float.self)
                rows.split(call.workers) { start, count in
                    ck_standardize_gradient_f32(
                        dy + start, x + start, count, rows.length, operation.standardization.epsilon, dx + start)
                }
            }
        default: return nil
        }
    }
}

/// Groups of equal length behind each other.
private struct GroupRows: Sendable {
    let count: Int
    let length: Int

    /// - Returns: `nil` unless everything lies in row-major order.
    init?(_ operation: Standardization, _ request: KernelRequest) {
        let types = request.inputs.compactMap { $0 } + request.outputs
        guard types.allSatisfy(\.isRowMajor), let count = try? operation.count(request.outputs[0].shape), count > 0
        else { return nil }
        self.count = count
        length = request.outputs[0].count / count
    }

    /// Calls `body` with where some groups start, and how many they are.
    func split(_ workers: Workers, _ body: (Int, Int) -> Void) {
        workers.split(count, grain: rowGrain(length)) { range, _ in body(range.lowerBound * length, range.count) }
    }
}
