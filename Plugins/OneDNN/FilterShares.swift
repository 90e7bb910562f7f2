#if OneDNN
    import Buffers
    import CKernels
    import COneDNN
    import Graphs

    /// A convolution of few images with many filters, cut by its filters: every worker then reads only its own, where a cut
    /// by rows has each of them read all.
    ///
    /// oneDNN writes dense results only, so a worker's channels go through a buffer of its own.
    struct FilterShares: Sendable {
        /// One worker's part.
        private struct Share: Sendable {
            let primitive: Primitive
            let order: WeightsOrder
            let filters: Range<Int>
            /// Where its weights start in what is prepared, in floats.
            let weightsOffset: Int
            /// Where its result starts in the scratch memory, in bytes.
            let resultOffset: Int
        }

        private let shares: [Share]
        private let geometry: ConvolutionGeometry
        private let filterCount: Int
        /// The bytes of all weights in the primitives' own orders.
        private let weightsBytes: Int
        private let hasBias: Bool
        /// The bytes of all results and working memories.
        let scratchBytes: Int

        /// - Returns: `nil` if oneDNN has no kernel, or cutting by filters does not pay: the weights must be more than the
        ///   image and the result, with a block of filters for every worker.
        init?(_ geometry: ConvolutionGeometry, _ direction: cd_direction, workers: Workers) {
            let shape = geometry.shape
            let filterCount = Int(shape.filters)
            let each = Int(shape.channels * shape.kernel_height * shape.kernel_width)
            guard workers.count > 1, shape.groups == 1, Int(shape.images) < workers.count,
                filterCount >= Self.block * workers.count,
                filterCount * each > Int(shape.images) * (geometry.imageCount + geometry.resultCount)
            else { return nil }
            var shares: [Share] = []
            var (weightsBytes, scratchBytes) = (0, 0)
            for worker in 0..<workers.count {
                let filters = workers.range(of: worker, length: filterCount, grain: Self.block)
                let part = geometry.filters(filters.count)
                guard !filters.isEmpty, let primitive = Primitive(direction, part),
                    let order = WeightsOrder(primitive, shape: part, workers: .serial)
                else { return nil }
                let pixels = Int(shape.images * shape.rows * shape.columns)
                shares.append(
                    Share(
                        primitive: primitive, order: order, filters: filters,
                        weightsOffset: weightsBytes / MemoryLayout<Float>.stride, resultOffset: scratchBytes))
                weightsBytes += primitive.weightsBytes
                scratchBytes += (pixels * filters.count * MemoryLayout<Float>.stride + 63) & ~63
                primitive.placeScratch(&scratchBytes)
            }
            self.shares = shares
            self.geometry = geometry
            self.filterCount = filterCount
            self.weightsBytes = weightsBytes
            self.scratchBytes = scratchBytes
            hasBias = direction == CD_FORWARD_WITH_BIAS
        }

        /// oneDNN's kernels compute no fewer filters at once.
        private static let block = 32

        /// The preparation of a kernel whose operand 1 are the weights: every worker brings its own filters into order.
        var preparation: Preparation {
            var scratchBytes = 0
            for share in shares { share.order.placeScratch(&scratchBytes) }
            let each = Int(geometry.shape.channels * geometry.shape.kernel_height * geometry.shape.kernel_width)
            return Preparation(operands: [1], bytes: weightsBytes, scratchBytes: scratchBytes) { [shares] call in
                let plain = call.input(1, as: Float.self)
                let own = call.prepared.assumingMemoryBound(to: Float.self)
                call.workers.split(shares.count) { range, _ in
                    for share in shares[range] {
                        share.order.run(
                            plain: plain + share.filters.lowerBound * each, own: own + share.weightsOffset,
                            scratch: call.scratch, workers: .serial)
                    }
                }
            }
        }

        /// Computes the result from what was prepared.
        func run(_ call: KernelCall, relu: Bool) {
            let (x, y) = (call.input(0, as: Float.self), call.output(0, as: Float.self))
            let bias = hasBias ? call.optionalInput(2, as: Float.self) : nil
            let weights = call.prepared.assumingMemoryBound(to: Float.self)
            let pixels = Int(geometry.shape.images * geometry.shape.rows * geometry.shape.columns)
            call.workers.split(shares.count) { range, _ in
                for share in shares[range] {
                    let (first, count) = (share.filters.lowerBound, share.filters.count)
                    let result = (call.scratch + share.resultOffset).assumingMemoryBound(to: Float.self)
                    share.primitive.convolve(
                        image: x, weights: weights + share.weightsOffset, bias: bias.map { $0 + first }, result: result,
                        scratch: call.scratch)
                    for pixel in 0..<pixels {
                        let (from, to) = (result + pixel * count, y + pixel * filterCount + first)
                        if relu { ck_relu_f32(from, to, count) } else { to.update(from: from, count: count) }
                    }
                }
            }
        }
    }
#endif
