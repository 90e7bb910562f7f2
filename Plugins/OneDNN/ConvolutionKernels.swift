#if OneDNN
    import Buffers
    import CKernels
    import COneDNN
    import Graphs
    import Tensors

    extension OneDNNBackend {
        /// y = activation(x * w + b).
        func convolution(_ operation: Convolution, _ request: KernelRequest) -> Kernel? {
            guard let x = request.inputs[0], let w = request.inputs[1], x.isChannelsLast, w.isRowMajor,
                request.outputs[0].isChannelsLast,
                let geometry = ConvolutionGeometry(
                    window: operation.window, groups: operation.groups, x: x.shape, w: w.shape)
            else { return nil }
            let relu = operation.activation == .relu
            let hasBias = request.inputs.count > 2 && request.inputs[2] != nil
            let direction = hasBias ? CD_FORWARD_WITH_BIAS : CD_FORWARD
            if let shares = FilterShares(geometry, direction, workers: request.workers) {
                return Kernel(
                    name: "onednn.convolution", scratchBytes: shares.scratchBytes, preparation: shares.preparation
                ) { call in shares.run(call, relu: relu) }
            }
            // oneDNN's own ReLU takes NaN to 0, so ours follows, before the result leaves the cache.
            let most = relu ? max(1, Self.reluFloats / geometry.resultCount) : nil
            guard
                let shares = ConvolutionShares(
                    imagesOf: geometry, direction, most: most, workers: request.workers)
                    ?? ConvolutionShares(rowsOf: geometry, direction, workers: request.workers),
                let order = WeightsOrder(shares.primitive, shape: geometry.shape, workers: request.workers)
            else { return nil }
            let preparation = order.preparation(bytes: shares.primitive.weightsBytes)
            var scratchBytes = 0
            shares.placeScratch(&scratchBytes)

            return Kernel(name: "onednn.convolution", scratchBytes: scratchBytes, preparation: preparation) { call in
                let (x, y) = (call.input(0, as: Float.self), call.output(0, as: Float.self))
                let bias = call.optionalInput(2, as: Float.self)
                let weights = call.prepared.assumingMemoryBound(to: Float.self)
                call.workers.perform { worker in
                    for share in shares.byWorker[worker] {
                        let target = y + share.resultOffset
                        share.primitive.convolve(
                            image: x + share.imageOffset, weights: weights, bias: bias, result: target,
                            scratch: call.scratch)
                        if relu { ck_relu_f32(target, target, share.resultCount) }
                    }
                }
            }
        }

        /// So many floats of a result are computed before its ReLU: half of a common second-level cache.
        private static let reluFloats = 1 << 17

        /// dw, from dy and x: every worker sums over its images; then the sums are added in the order of the workers.
        func weightGradient(_ operation: ConvolutionWeightGradient, _ request: KernelRequest) -> Kernel? {
            guard let dy = request.inputs[0], let x = request.inputs[1], dy.isChannelsLast, x.isChannelsLast,
                request.outputs[0].isRowMajor,
                let geometry = ConvolutionGeometry(
                    window: operation.window, groups: operation.groups, x: x.shape, w: operation.shape),
                let shares = ConvolutionShares(imagesOf: geometry, CD_WEIGHT_GRADIENT, workers: request.workers),
                let order = WeightsOrder(shares.primitive, shape: geometry.shape, workers: request.workers)
            else { return nil }
            let partial = shares.primitive.weightsBytes / MemoryLayout<Float>.stride
            var scratchBytes = shares.primitive.weightsBytes * shares.byWorker.count
            shares.placeScratch(&scratchBytes)
            order.placeScratch(&scratchBytes)

            return Kernel(name: "onednn.convolution_weight_gradient", scratchBytes: scratchBytes) { call in
                let (dy, x, dw) = (
                    call.input(0, as: Float.self), call.input(1, as: Float.self), call.output(0, as: Float.self)
                )
                let sums = call.scratch.assumingMemoryBound(to: Float.self)
                call.workers.perform { worker in
                    for share in shares.byWorker[worker] {
                        share.primitive.convolve(
                            image: x + share.imageOffset, weights: sums + worker * partial,
                            result: dy + share.resultOffset, scratch: call.scratch)
                    }
                }
                call.workers.split(partial, grain: Self.sumGrain) { range, _ in
                    let target = sums + range.lowerBound
                    for other in 1..<max(1, shares.byWorker.count) {
                        ck_combine_f32(
                            CK_ADD, 0, 1, range.count, target, 0, 1, target + other * partial, 0, 1, target)
                    }
                }
                order.run(plain: dw, own: sums, scratch: call.scratch, workers: call.workers)
            }
        }

        /// So many additions are worth a thread of their own.
        private static let sumGrain = 1 << 14
    }
#endif
