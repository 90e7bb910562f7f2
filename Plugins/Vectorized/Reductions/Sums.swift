import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Sums and means over some dimensions.
    func reduction(_ request: KernelRequest) -> Kernel? {
        guard let x = request.inputs.first ?? nil else { return nil }
        let y = request.outputs[0]
        switch request.operation {
        case is ChannelSum:
            return sum("channel_sum", request, shape: [y.shape[0]] + x.shape.dropFirst(2).map { _ in 1 })
        case is SumToShape: return sum("sum_to_shape", request, shape: y.shape)
        case is ProductSum:
            guard request.inputs[1]?.isOrdered(like: x) ?? false else { return nil }
            return sum("product_sum", request, shape: y.shape)
        case is GlobalAveragePool: return sum("global_average_pool", request, shape: y.shape, isMean: true)
        case let reduce as ReduceSum: return sum("reduce_sum", request, reduce)
        case let reduce as ReduceMean: return sum("reduce_mean", request, reduce, isMean: true)
        default: return nil
        }
    }

    private func sum(
        _ name: String, _ request: KernelRequest, _ reduce: any ReductionOperator, isMean: Bool = false
    ) -> Kernel? {
        guard let x = request.inputs[0], let axes = reduce.axes else { return nil }
        if reduce.keepsDimensions { return sum(name, request, shape: request.outputs[0].shape, isMean: isMean) }
        let reduced = Set(axes.map { $0 < 0 ? $0 + x.shape.count : $0 })
        let kept = x.shape.indices.map { reduced.contains($0) ? 1 : x.shape[$0] }
        return sum(name, request, shape: kept, isMean: isMean)
    }

    /// - Parameter shape: the result's shape with the reduced dimensions as 1.
    private func sum(_ name: String, _ request: KernelRequest, shape: [Int], isMean: Bool = false) -> Kernel? {
        guard let x = request.inputs[0] else { return nil }
        let y = request.outputs[0]
        // The result's strides, seen under `shape`: dimensions of one element have none that matter.
        var strides = [Int](repeating: 0, count: shape.count)
        var axes = y.shape.indices.filter { y.shape[$0] != 1 }[...]
        for axis in shape.indices where shape[axis] != 1 {
            guard let next = axes.popFirst(), y.shape[next] == shape[axis] else { return nil }
            strides[axis] = y.strides[next]
        }
        guard axes.isEmpty, let form = Stretch(x, small: shape, strides: strides) else { return nil }
        let factor = isMean ? 1 / Double(max(1, form.repeats * form.middle)) : 1
        let kernel = "vectorized.\(name)"
        let isProduct = request.operation is ProductSum
        if form.outer > 1 || form.inner == 1 && form.middle < elementGrain {
            return eachSum(kernel, form, factor, isProduct, request.workers)
        }
        return sharedSum(kernel, form, factor, isProduct, request.workers)
    }

    /// Many independent sums, shared out.
    private func eachSum(
        _ name: String, _ form: Stretch, _ factor: Double, _ isProduct: Bool, _ workers: Workers
    ) -> Kernel {
        let (middle, inner) = (form.middle, form.inner)
        return Kernel(name: name, scratchBytes: workers.count * 2 * inner * MemoryLayout<Double>.stride) { call in
            let terms = Terms(call, isProduct: isProduct)
            let y = call.output(0, as: Float.self)
            let scratch = call.scratch.assumingMemoryBound(to: Double.self)
            workers.split(form.outer, grain: rowGrain(form.repeats * middle * inner)) { range, worker in
                let (totals, sums) = (scratch + 2 * worker * inner, scratch + (2 * worker + 1) * inner)
                for index in range {
                    totals.update(repeating: 0, count: inner)
                    for turn in 0..<form.repeats {
                        let start = (turn * form.outer + index) * middle * inner
                        terms.sum(from: start, rows: middle, channels: inner, into: sums)
                        for element in 0..<inner { totals[element] += sums[element] }
                    }
                    for element in 0..<inner { y[index * inner + element] = Float(totals[element] * factor) }
                }
            }
        }
    }

    /// One row of sums: every worker sums its own rows, then the parts are added up in order.
    private func sharedSum(
        _ name: String, _ form: Stretch, _ factor: Double, _ isProduct: Bool, _ workers: Workers
    ) -> Kernel {
        let (rows, channels) = (form.middle, form.inner)
        let grain = rowGrain(channels)
        let parts = workers.parts(rows, grain: grain)
        return Kernel(name: name, scratchBytes: parts * channels * MemoryLayout<Double>.stride) { call in
            let terms = Terms(call, isProduct: isProduct)
            let y = call.output(0, as: Float.self)
            let sums = call.scratch.assumingMemoryBound(to: Double.self)
            workers.split(rows, grain: grain) { range, worker in
                terms.sum(
                    from: range.lowerBound * channels, rows: range.count, channels: channels,
                    into: sums + worker * channels)
            }
            for channel in 0..<channels {
                var total = 0.0
                for part in 0..<parts { total += sums[part * channels + channel] }
                y[channel] = Float(total * factor)
            }
        }
    }
}

/// What is summed: a tensor, or the product of two.
private struct Terms {
    private let a: UnsafePointer<Float>
    private let b: UnsafePointer<Float>?

    init(_ call: KernelCall, isProduct: Bool) {
        a = UnsafePointer(call.input(0, as: Float.self))
        b = isProduct ? UnsafePointer(call.input(1, as: Float.self)) : nil
    }

    /// One sum for each channel.
    func sum(from start: Int, rows: Int, channels: Int, into sums: UnsafeMutablePointer<Double>) {
        switch (b, channels) {
        case (nil, 1): sums.pointee = ck_sum_f32(a + start, rows)
        case (nil, _): ck_channel_sums_f32(a + start, rows, channels, sums)
        case (let b?, 1): sums.pointee = ck_dot_f32(a + start, b + start, rows)
        case (let b?, _): ck_channel_products_f32(a + start, b + start, rows, channels, sums)
        }
    }
}
