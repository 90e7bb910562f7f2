import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Softmax and its relatives where what is normalised together lies side by side.
    func softmax(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let operation as Softmax: rows("softmax", operation.groups, request, ck_softmax_f32)
        case let operation as LogSoftmax: rows("log_softmax", operation.groups, request, ck_log_softmax_f32)
        case let operation as SoftmaxGradient:
            rows("softmax_gradient", operation.groups, request, ck_softmax_gradient_f32)
        case let operation as LogSoftmaxGradient:
            rows("log_softmax_gradient", operation.groups, request, ck_log_softmax_gradient_f32)
        case is SoftmaxCrossEntropy: crossEntropy(request)
        case is SoftmaxCrossEntropyGradient: crossEntropyGradient(request)
        default: nil
        }
    }

    private func rows(
        _ name: String, _ groups: SoftmaxGroups, _ request: KernelRequest,
        _ loop: @escaping @Sendable (UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Float>?) -> Void
    ) -> Kernel? {
        guard let rows = SoftmaxRows(groups, request) else { return nil }
        return Kernel(name: "vectorized.\(name)") { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            call.workers.split(rows.count, grain: rows.grain) { range, _ in
                let start = range.lowerBound * rows.length
                loop(x + start, range.count, rows.length, y + start)
            }
        }
    }

    private func rows(
        _ name: String, _ groups: SoftmaxGroups, _ request: KernelRequest,
        _ loop:
            @escaping @Sendable (
                UnsafePointer<Float>?, UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Float>?
            ) -> Void
    ) -> Kernel? {
        guard let rows = SoftmaxRows(groups, request) else { return nil }
        return Kernel(name: "vectorized.\(name)") { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let y = UnsafePointer(call.input(1, as: Float.self))
            let dx = call.output(0, as: Float.self)
            call.workers.split(rows.count, grain: rows.grain) { range, _ in
                let start = range.lowerBound * rows.length
                loop(dy + start, y + start, range.count, rows.length, dx + start)
            }
        }
    }

    private func crossEntropy(_ request: KernelRequest) -> Kernel? {
        guard let x = request.inputs[0], x.layout == .rowMajor, request.outputs[1].isOrdered(like: x) else {
            return nil
        }
        let (rows, classes) = (x.shape[0], x.shape[1])
        return Kernel(
            name: "vectorized.softmax_cross_entropy", scratchBytes: rows * MemoryLayout<Double>.stride
        ) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let labels = UnsafePointer(call.input(1, as: Int32.self))
            let probabilities = call.output(1, as: Float.self)
            let losses = call.scratch.assumingMemoryBound(to: Double.self)
            call.workers.split(rows, grain: rowGrain(4 * classes)) { range, _ in
                let start = range.lowerBound * classes
                ck_cross_entropy_f32(
                    x + start, labels + range.lowerBound, range.count, classes, probabilities + start,
                    losses + range.lowerBound)
            }
            var total = 0.0
            for row in 0..<rows { total += losses[row] }
            call.output(0, as: Float.self).pointee = Float(total / Double(rows))
        }
    }

    private func crossEntropyGradient(_ request: KernelRequest) -> Kernel? {
        guard let p = request.inputs[1], p.layout == .rowMajor, request.outputs[0].isOrdered(like: p) else {
            return nil
        }
        let (rows, classes) = (p.shape[0], p.shape[1])
        return Kernel(name: "vectorized.softmax_cross_entropy_gradient") { call in
            let factor = call.input(0, as: Float.self).pointee / Float(rows)
            let p = UnsafePointer(call.input(1, as: Float.self))
            let labels = UnsafePointer(call.input(2, as: Int32.self))
            let dx = call.output(0, as: Float.self)
            call.workers.split(rows, grain: rowGrain(classes)) { range, _ in
                let start = range.lowerBound * classes
                ck_cross_entropy_gradient_f32(
                    p + start, labels + range.lowerBound, factor, range.count, classes, dx + start)
            }
        }
    }
}

/// The groups of a softmax as rows that lie behind each other.
private struct SoftmaxRows: Sendable {
    let count: Int
    let length: Int
    /// An exponential costs as much as a few simple operations.
    var grain: Int { rowGrain(4 * length) }

    /// - Returns: `nil` if a group's elements do not lie side by side.
    init?(_ groups: SoftmaxGroups, _ request: KernelRequest) {
        guard request.elementCount != nil, let x = request.inputs[0], !x.shape.isEmpty else { return nil }
        let first = groups.axis < 0 ? groups.axis + x.shape.count : groups.axis
        if x.layout == .rowMajor, groups.flattensFromAxis || first == x.shape.count - 1 {
            length = Shape.count(Array(x.shape[first...]))
        } else if x.layout == .channelsLast, first == 1, !groups.flattensFromAxis {
            length = x.shape[1]
        } else {
            return nil
        }
        count = x.count / length
    }
}
