#if OneDNN
    import Buffers
    import CKernels
    import COneDNN
    import Graphs
    import Tensors

    extension OneDNNBackend {
        /// dx, from dy and w.
        func dataGradient(_ operation: ConvolutionDataGradient, _ request: KernelRequest) -> Kernel? {
            guard let dy = request.inputs[0], let w = request.inputs[1], dy.isChannelsLast, w.isRowMajor,
                request.outputs[0].isChannelsLast,
                let geometry = ConvolutionGeometry(
                    window: operation.window, groups: operation.groups, x: operation.shape, w: w.shape)
            else { return nil }
            if let rotated = geometry.rotated, let kernel = forwardDataGradient(rotated, workers: request.workers) {
                return kernel
            }
            guard
                let shares = ConvolutionShares(imagesOf: geometry, CD_DATA_GRADIENT, workers: request.workers),
                let order = WeightsOrder(shares.primitive, shape: geometry.shape, workers: request.workers)
            else { return nil }
            return dataGradient(shares, order.preparation(bytes: shares.primitive.weightsBytes), isForward: false)
        }

        /// dx as a convolution of dy with filters that are rotated by 180° and have channels and filters exchanged.
        /// oneDNN's forward kernels are faster than those for this gradient. GFLOP/s of both on 2 threads of
        /// Zen 5, oneDNN 2.6.3, 3 x 3 pixels, by channels = filters and places: 64, 32 x 32: 468, 409; 128, 16 x 16: 536,
        /// 493; 256, 8 x 8: 585, 536; 512, 4 x 4: 555, 429.
        private func forwardDataGradient(_ geometry: ConvolutionGeometry, workers: Workers) -> Kernel? {
            let shape = geometry.shape
            let (filters, channels) = (Int(shape.channels), Int(shape.filters))
            let area = Int(shape.kernel_height * shape.kernel_width)
            guard
                let shares = ConvolutionShares(winograd: geometry, CD_FORWARD, workers: workers)
                    ?? ConvolutionShares(imagesOf: geometry, CD_FORWARD, workers: workers),
                let order = WeightsOrder(
                    shares.primitive, shape: shape, plain: CD_CHANNELS_FIRST, workers: workers),
                let taps = try? AlignedBuffer((0..<Int32(area)).reversed())
            else { return nil }
            var preparationBytes = (filters * channels * area * MemoryLayout<Float>.stride + 63) & ~63
            order.placeScratch(&preparationBytes)
            let grain = max(1, (1 << 14) / (channels * area))
            let preparation = Preparation(
                operands: [1], bytes: shares.primitive.weightsBytes, scratchBytes: preparationBytes
            ) { call in
                let w = UnsafePointer(call.input(1, as: Float.self))
                let rotated = call.scratch.assumingMemoryBound(to: Float.self)
                call.workers.split(filters, grain: grain) { range, _ in
                    for filter in range {
                        let offset = filter * channels * area
                        ck_order_filter_f32(w + offset, channels, area, taps.pointer, area, rotated + offset, channels)
                    }
                }
                order.run(
                    plain: rotated, own: call.prepared.assumingMemoryBound(to: Float.self), scratch: call.scratch,
                    workers: call.workers)
            }
            return dataGradient(shares, preparation, isForward: true)
        }

        /// A kernel that runs shares which go from dy to dx, or, if they are forward convolutions, take dy as their image.
        private func dataGradient(_ shares: ConvolutionShares, _ preparation: Preparation, isForward: Bool) -> Kernel {
            var scratchBytes = 0
            shares.placeScratch(&scratchBytes)
            return Kernel(
                name: "onednn.convolution_data_gradient\(shares.algorithm)", scratchBytes: scratchBytes,
                preparation: preparation
            ) { call in
                let (dy, dx) = (call.input(0, as: Float.self), call.output(0, as: Float.self))
                let (image, result) = isForward ? (dy, dx) : (dx, dy)
                let weights = call.prepared.assumingMemoryBound(to: Float.self)
                call.workers.perform { worker in
                    for share in shares.byWorker[worker] {
                        share.convolve(image: image, weights: weights, result: result, scratch: call.scratch)
                    }
                }
            }
        }
    }
#endif
