#if OneDNN
    import Buffers
    import COneDNN
    import Graphs

    /// Brings weights into a convolution's own order, or a gradient of weights back, filters shared out over workers.
    struct WeightsOrder: Sendable {
        private let parts: [Primitive]

        /// oneDNN's blocks of filters are no larger, so that a range of these begins and ends with a block.
        private static let block = 64
        /// Fewer weights are not worth a thread of their own.
        private static let leastWeights = 1 << 15

        /// The order of a convolution's weights; `nil` if oneDNN cannot make it.
        init?(
            _ convolution: Primitive, shape: cd_shape, plain: cd_order = CD_FILTERS_FIRST, workers: Workers
        ) {
            let filters = Int(shape.filters)
            let each = Int(shape.channels / shape.groups * shape.kernel_height * shape.kernel_width)
            let grain = max(Self.block, (Self.leastWeights / max(1, each) + Self.block - 1) / Self.block * Self.block)
            var parts: [Primitive] = []
            if shape.groups == 1 {
                for worker in 0..<workers.parts(filters, grain: grain) {
                    let range = workers.range(of: worker, length: filters, grain: grain)
                    if !range.isEmpty, let part = convolution.order(of: range, plain: plain) {
                        parts.append(part)
                    } else {
                        break
                    }
                }
                if parts.count != workers.parts(filters, grain: grain) { parts = [] }
            }
            if parts.isEmpty, let whole = convolution.order(of: 0..<filters, plain: plain) { parts = [whole] }
            guard !parts.isEmpty else { return nil }
            self.parts = parts
        }

        /// The preparation of a kernel whose operand 1 are the weights.
        func preparation(bytes: Int) -> Preparation {
            var scratchBytes = 0
            placeScratch(&scratchBytes)
            return Preparation(operands: [1], bytes: bytes, scratchBytes: scratchBytes) { call in
                run(
                    plain: call.input(1, as: Float.self), own: call.prepared.assumingMemoryBound(to: Float.self),
                    scratch: call.scratch, workers: call.workers)
            }
        }

        /// Gives every part working memory of its own behind an offset, and moves the offset behind it.
        func placeScratch(_ offset: inout Int) { for part in parts { part.placeScratch(&offset) } }

        /// Reorders all weights.
        func run(
            plain: UnsafeMutablePointer<Float>, own: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer,
            workers: Workers
        ) {
            workers.split(parts.count) { range, _ in
                for part in parts[range] { part.reorder(plain: plain, own: own, scratch: scratch) }
            }
        }
    }
#endif
