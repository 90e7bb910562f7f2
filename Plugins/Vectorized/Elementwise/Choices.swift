import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// One of two tensors or numbers by a third tensor, element by element.
    func choice(_ request: KernelRequest) -> Kernel? {
        guard request.operation is Where, let condition = request.inputs[0], condition.type.kind == .real else {
            return nil
        }
        let y = request.outputs[0]
        guard condition.isOrdered(like: y), let a = step(request.inputs[1], y), let b = step(request.inputs[2], y)
        else { return nil }
        return Kernel(name: "vectorized.where") { call in
            let condition = UnsafePointer(call.input(0, as: Float.self))
            let (left, right) = (
                UnsafePointer(call.input(1, as: Float.self)), UnsafePointer(call.input(2, as: Float.self))
            )
            let result = call.output(0, as: Float.self)
            call.workers.split(y.count, grain: elementGrain) { range, _ in
                let start = range.lowerBound
                ck_choose_f32(
                    condition + start, left + a * start, a, right + b * start, b, result + start, range.count)
            }
        }
    }

    /// How far apart the operands of neighbouring results lie: 0 for one number, 1 for a tensor in the same order.
    private func step(_ operand: PhysicalType?, _ y: PhysicalType) -> Int? {
        guard let operand, operand.type.kind == .real else { return nil }
        return operand.isOrdered(like: y) ? 1 : operand.count == 1 ? 0 : nil
    }
}
