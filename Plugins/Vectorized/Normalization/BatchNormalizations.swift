import Buffers
import CKernels
import Graphs
import Tensors

#if canImport(Glibc)
    import Glibc
#endif

extension VectorizedBackend {
    /// Batch normalisation in both forms, and its gradients.
    func normalization(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let operation as BatchNormalization: inference(operation, request)
        case let operation as BatchNormalizationTraining: training(operation, request)
        case let operation as BatchNormalizationGradient: gradient(operation, request)
        case let operation as FrozenBatchNormalizationGradient: frozenGradient(operation, request)
        case let operation as RepeatBatchNormalization: repetition(operation, request)
        case let operation as FoldBatchNormalization: folding(operation, request)
        default: nil
        }
    }

    private func inference(_ operation: BatchNormalization, _ request: KernelRequest) -> Kernel? {
        guard let shape = NormalizedShape(request, [0], request.outputs[0]) else { return nil }
        let relu: Int32 = operation.activation == .relu ? 1 : 0
        let channels = shape.channels
        return Kernel(
            name: "vectorized.batch_normalization", scratchBytes: channels * MemoryLayout<Float>.stride
        ) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let (scale, bias) = (call.input(1, as: Float.self), call.input(2, as: Float.self))
            let (mean, variance) = (call.input(3, as: Float.self), call.input(4, as: Float.self))
            let y = call.output(0, as: Float.self)
            let factor = call.scratch.assumingMemoryBound(to: Float.self)
            for c in 0..<channels { factor[c] = scale[c] / (variance[c] + Float(operation.epsilon)).squareRoot() }
            shape.split(call.workers) { rows, _ in
                let start = rows.lowerBound * channels
                ck_normalize_f32(x + start, rows.count, channels, mean, factor, bias, relu, y + start)
            }
        }
    }

    private func training(_ operation: BatchNormalizationTraining, _ request: KernelRequest) -> Kernel? {
        guard let shape = NormalizedShape(request, [0], request.outputs[0]) else { return nil }
        let relu: Int32 = operation.activation == .relu ? 1 : 0
        let (channels, parts) = (shape.channels, shape.parts)
        return Kernel(
            name: "vectorized.batch_normalization_training",
            scratchBytes: channels * (2 * parts * MemoryLayout<Double>.stride + MemoryLayout<Float>.stride)
        ) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let (scale, bias) = (call.input(1, as: Float.self), call.input(2, as: Float.self))
            let (runningMean, runningVariance) = (call.input(3, as: Float.self), call.input(4, as: Float.self))
            let y = call.output(0, as: Float.self)
            let (batchMean, inverseDeviation) = (call.output(1, as: Float.self), call.output(2, as: Float.self))
            let moments = call.scratch.assumingMemoryBound(to: Double.self)
            let factor = (call.scratch + 2 * parts * channels * MemoryLayout<Double>.stride)
                .assumingMemoryBound(to: Float.self)

            shape.split(request.workers) { rows, part in
                let mean = moments + 2 * part * channels
                ck_moments_f32(x + rows.lowerBound * channels, rows.count, channels, mean, mean + channels)
            }
            let (mean, squares) = (moments, moments + channels)
            for part in 1..<max(1, parts) {
                let other = moments + 2 * part * channels
                let range = shape.rows(of: part)
                ck_merge_moments(
                    mean, squares, range.lowerBound, other, other + channels, range.count, channels)
            }
            let count = Double(shape.rows)
            let freedom = operation.varianceCorrection ? count - 1 : count
            for c in 0..<channels {
                let inverse = 1 / (squares[c] / count + operation.epsilon).squareRoot()
                batchMean[c] = Float(mean[c])
                inverseDeviation[c] = Float(inverse)
                factor[c] = scale[c] * Float(inverse)
                let kept = operation.momentum
                runningMean[c] = Float(kept * Double(runningMean[c]) + (1 - kept) * mean[c])
                // One element has no unbiased variance.
                guard freedom > 0 else { continue }
                runningVariance[c] = Float(kept * Double(runningVariance[c]) + (1 - kept) * squares[c] / freedom)
            }
            shape.split(request.workers) { rows, _ in
                let start = rows.lowerBound * channels
                ck_normalize_f32(x + start, rows.count, channels, batchMean, factor, bias, relu, y + start)
            }
        }
    }

    private func repetition(_ operation: RepeatBatchNormalization, _ request: KernelRequest) -> Kernel? {
        guard let shape = NormalizedShape(request, [0], request.outputs[0]) else { return nil }
        let relu: Int32 = operation.activation == .relu ? 1 : 0
        let channels = shape.channels
        return Kernel(
            name: "vectorized.repeat_batch_normalization", scratchBytes: channels * MemoryLayout<Float>.stride
        ) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let (scale, bias) = (call.input(1, as: Float.self), call.input(2, as: Float.self))
            let (mean, inverse) = (call.input(3, as: Float.self), call.input(4, as: Float.self))
            let y = call.output(0, as: Float.self)
            let factor = call.scratch.assumingMemoryBound(to: Float.self)
            for c in 0..<channels { factor[c] = scale[c] * inverse[c] }
            shape.split(call.workers) { rows, _ in
                let start = rows.lowerBound * channels
                ck_normalize_f32(x + start, rows.count, channels, mean, factor, bias, relu, y + start)
            }
        }
    }

    private func folding(_ operation: FoldBatchNormalization, _ request: KernelRequest) -> Kernel? {
        guard let w = request.inputs[0], w.isOrdered(like: request.outputs[0]), w.shape[0] > 0,
            w.strides == Shape.rowMajorStrides(w.shape)
        else { return nil }
        let (filters, length) = (w.shape[0], w.count / w.shape[0])
        return Kernel(
            name: "vectorized.fold_batch_normalization", scratchBytes: filters * MemoryLayout<Float>.stride
        ) { call in
            let w = UnsafePointer(call.input(0, as: Float.self))
            let (scale, bias) = (call.input(1, as: Float.self), call.input(2, as: Float.self))
            let (mean, variance) = (call.input(3, as: Float.self), call.input(4, as: Float.self))
            let own = call.optionalInput(5, as: Float.self)
            let (folded, shift) = (call.output(0, as: Float.self), call.output(1, as: Float.self))
            let factor = call.scratch.assumingMemoryBound(to: Float.self)
            for o in 0..<filters {
                factor[o] = scale[o] / (variance[o] + Float(operation.epsilon)).squareRoot()
                shift[o] = bias[o] + ((own?[o] ?? 0) - mean[o]) * factor[o]
            }
            call.workers.split(filters, grain: rowGrain(length)) { range, _ in
                let start = range.lowerBound * length
                ck_combine_f32(
                    CK_MULTIPLY, 0, range.count, length, w + start, length, 1, factor + range.lowerBound, 1, 0,
                    folded + start)
            }
        }
    }

    private func gradient(_ operation: BatchNormalizationGradient, _ request: KernelRequest) -> Kernel? {
        let mask = operation.mask
        guard let shape = NormalizedShape(request, mask == .result ? [0, 1, 5] : [0, 1], request.outputs[0]) else {
            return nil
        }
        let (channels, parts) = (shape.channels, shape.parts)
        return Kernel(
            name: "vectorized.batch_normalization_gradient",
            scratchBytes: channels * (2 * parts * MemoryLayout<Double>.stride + 3 * MemoryLayout<Float>.stride)
        ) { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let x = UnsafePointer(call.input(1, as: Float.self))
            let scale = call.input(2, as: Float.self)
            let (mean, inverse) = (UnsafePointer(call.input(3, as: Float.self)), call.input(4, as: Float.self))
            let dx = call.output(0, as: Float.self)
            let (dscale, dbias) = (call.output(1, as: Float.self), call.output(2, as: Float.self))
            let sums = call.scratch.assumingMemoryBound(to: Double.self)
            let factor = (call.scratch + 2 * parts * channels * MemoryLayout<Double>.stride)
                .assumingMemoryBound(to: Float.self)
            let (offset, slope) = (factor + channels, factor + 2 * channels)
            for c in 0..<channels { factor[c] = scale[c] * inverse[c] }
            func masks(from start: Int) -> ck_mask {
                switch mask {
                case .none: ck_mask()
                case .result: ck_mask(y: call.input(5, as: Float.self) + start, gain: nil, shift: nil)
                case .recomputedResult: ck_mask(y: nil, gain: factor, shift: call.input(5, as: Float.self))
                }
            }

            shape.split(request.workers) { rows, part in
                let start = rows.lowerBound * channels
                let sum = sums + 2 * part * channels
                ck_normalize_sums_f32(
                    dy + start, x + start, masks(from: start), rows.count, channels, mean, sum, sum + channels)
            }
            let count = Double(shape.rows)
            for c in 0..<channels {
                var (sum, product) = (0.0, 0.0)
                for part in 0..<parts {
                    sum += sums[2 * part * channels + c]
                    product += sums[(2 * part + 1) * channels + c]
                }
                product *= Double(inverse[c])
                dscale[c] = Float(product)
                dbias[c] = Float(sum)
                offset[c] = Float(sum / count)
                slope[c] = Float(Double(inverse[c]) * product / count)
            }
            shape.split(request.workers) { rows, _ in
                let start = rows.lowerBound * channels
                ck_normalize_gradient_f32(
                    dy + start, x + start, masks(from: start), rows.count, channels, mean, factor, offset, slope,
                    dx + start)
            }
        }
    }

    private func frozenGradient(_ operation: FrozenBatchNormalizationGradient, _ request: KernelRequest) -> Kernel? {
        guard let shape = NormalizedShape(request, [0, 1], request.outputs[0]) else { return nil }
        let (channels, parts) = (shape.channels, shape.parts)
        return Kernel(
            name: "vectorized.frozen_batch_normalization_gradient",
            scratchBytes: channels * (2 * parts * MemoryLayout<Double>.stride + MemoryLayout<Float>.stride)
        ) { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let x = UnsafePointer(call.input(1, as: Float.self))
            let scale = call.input(2, as: Float.self)
            let (mean, variance) = (UnsafePointer(call.input(3, as: Float.self)), call.input(4, as: Float.self))
            let dx = call.output(0, as: Float.self)
            let (dscale, dbias) = (call.output(1, as: Float.self), call.output(2, as: Float.self))
            let sums = call.scratch.assumingMemoryBound(to: Double.self)
            let factor = (call.scratch + 2 * parts * channels * MemoryLayout<Double>.stride)
                .assumingMemoryBound(to: Float.self)

            shape.split(request.workers) { rows, part in
                let start = rows.lowerBound * channels
                let sum = sums + 2 * part * channels
                ck_normalize_sums_f32(
                    dy + start, x + start, ck_mask(), rows.count, channels, mean, sum, sum + channels)
            }
            for c in 0..<channels {
                var (sum, product) = (0.0, 0.0)
                for part in 0..<parts {
                    sum += sums[2 * part * channels + c]
                    product += sums[(2 * part + 1) * channels + c]
                }
                let inverse = 1 / (Double(variance[c]) + operation.epsilon).squareRoot()
                dscale[c] = Float(product * inverse)
                dbias[c] = Float(sum)
                factor[c] = scale[c] * Float(inverse)
            }
            shape.split(request.workers) { rows, _ in
                let start = rows.lowerBound * channels
                ck_combine_f32(
                    CK_MULTIPLY, 0, rows.count, channels, dy + start, channels, 1, factor, 0, 1, dx + start)
            }
        }
    }
}

/// A batch of pixels as a matrix, cut into as many ranges of rows as there are workers.
private struct NormalizedShape: Sendable {
    let rows: Int
    let channels: Int
    /// The number of ranges.
    let parts: Int
    private let workers: Workers

    /// - Returns: `nil` unless the named operands and the result are pixels side by side.
    init?(_ request: KernelRequest, _ activations: [Int], _ result: PhysicalType) {
        guard let matrix = result.pixelMatrix, matrix.rows > 0 else { return nil }
        for index in activations where !(request.inputs[index]?.isOrdered(like: result) ?? false) { return nil }
        (rows, channels) = matrix
        workers = request.workers
        parts = workers.parts(rows, grain: rowGrain(channels))
    }

    func split(_ workers: Workers, _ body: (Range<Int>, Int) -> Void) {
        workers.split(rows, grain: rowGrain(channels), body)
    }

    /// The rows of a part: the same as ``split(_:_:)`` hands out.
    func rows(of part: Int) -> Range<Int> { workers.range(of: part, length: rows, grain: rowGrain(channels)) }
}
