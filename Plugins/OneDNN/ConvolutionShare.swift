#if OneDNN
    import Buffers
    import COneDNN

    /// A convolution of a fixed shape on channels-last images, on one thread at a time.
    protocol SharedConvolution: AnyObject, Sendable {
        /// oneDNN's kernel; it decides on the order of the weights.
        var primitive: Primitive { get }

        /// Puts all working memory at an offset into a call's scratch memory, and moves the offset behind it.
        func placeScratch(_ offset: inout Int)

        /// Runs it; `image` and `result` stand for their gradients where those are computed from or into.
        func convolve(
            image: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
            bias: UnsafeMutablePointer<Float>?, result: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer)
    }

    extension Primitive: SharedConvolution {
        var primitive: Primitive { self }
    }

    /// Some images, or some rows of one, that a worker computes in one run.
    struct ConvolutionShare: Sendable {
        /// The convolution of as many.
        let convolution: any SharedConvolution
        /// Where the share starts in the image, or its gradient, in floats.
        let imageOffset: Int
        /// Where it starts in the result, or its gradient, in floats.
        let resultOffset: Int
        /// The floats of its result.
        let resultCount: Int

        /// Runs it; the pointers are to the first of all images.
        func convolve(
            image: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
            bias: UnsafeMutablePointer<Float>? = nil, result: UnsafeMutablePointer<Float>,
            scratch: UnsafeMutableRawPointer
        ) {
            convolution.convolve(
                image: image + imageOffset, weights: weights, bias: bias, result: result + resultOffset,
                scratch: scratch)
        }
    }

    /// The shares of all workers. They depend on sizes alone, so a program computes the same bits on every run.
    struct ConvolutionShares: Sendable {
        /// The shares of each worker, in the order in which it computes them.
        let byWorker: [[ConvolutionShare]]

        /// One of the primitives; all have the same order of weights.
        var primitive: Primitive { byWorker[0][0].convolution.primitive }

        /// What a kernel's name says of the algorithm.
        var algorithm: String { byWorker[0][0].convolution is WinogradConvolution ? "_winograd" : "" }

        /// Direct convolutions: every worker gets about as many images, `most` at a time.
        ///
        /// - Returns: `nil` if oneDNN has no kernel, or there are fewer images than workers.
        init?(
            imagesOf geometry: ConvolutionGeometry, _ direction: cd_direction, most: Int? = nil, workers: Workers
        ) {
            self.init(imagesOf: geometry, most: most, workers: workers) { Primitive(direction, $0) }
        }

        /// Winograd's algorithm: every worker gets about as many images, as many at a time as keep its buffers small.
        ///
        /// - Returns: `nil` if it does not pay, or there are fewer images than workers.
        init?(winograd geometry: ConvolutionGeometry, _ direction: cd_direction, workers: Workers) {
            guard geometry.shape.suitsWinograd(direction) else { return nil }
            // A gradient of weights is a sum over all images, and cannot be made in parts.
            let most = direction == CD_WEIGHT_GRADIENT ? nil : max(1, Self.winogradFloats / geometry.imageCount)
            self.init(imagesOf: geometry, most: most, workers: workers) { WinogradConvolution(direction, $0) }
        }

        private init?(
            imagesOf geometry: ConvolutionGeometry, most: Int?, workers: Workers,
            _ make: (cd_shape) -> (any SharedConvolution)?
        ) {
            let images = Int(geometry.shape.images)
            guard images >= workers.count else { return nil }
            let most = most ?? images
            var all: [[ConvolutionShare]] = []
            for worker in 0..<workers.count {
                let range = workers.range(of: worker, length: images)
                let runs = Workers((range.count + most - 1) / most)
                // One worker's runs take turns, so those of one size share a convolution.
                var made: [Int: any SharedConvolution] = [:]
                var shares: [ConvolutionShare] = []
                for run in 0..<runs.count {
                    let part = runs.range(of: run, length: range.count)
                    guard let convolution = made[part.count] ?? make(geometry.images(part.count)) else { return nil }
                    made[part.count] = convolution
                    let first = range.lowerBound + part.lowerBound
                    shares.append(
                        ConvolutionShare(
                            convolution: convolution, imageOffset: first * geometry.imageCount,
                            resultOffset: first * geometry.resultCount,
                            resultCount: part.count * geometry.resultCount))
                }
                all.append(shares)
            }
            self.init(all)
        }

        /// So many floats of images pass through Winograd's buffers at once.
        private static let winogradFloats = 1 << 21

        /// Every worker gets about as many rows of places of every image.
        ///
        /// - Returns: `nil` if oneDNN has no kernel, or there are fewer rows than workers.
        init?(rowsOf geometry: ConvolutionGeometry, _ direction: cd_direction, workers: Workers) {
            let rows = Int(geometry.shape.rows)
            guard rows >= workers.count else { return nil }
            var all: [[ConvolutionShare]] = []
            for worker in 0..<workers.count {
                let range = workers.range(of: worker, length: rows)
                guard let (shape, firstRow) = geometry.rows(range), let primitive = Primitive(direction, shape)
                else { return nil }
                all.append(
                    (0..<Int(geometry.shape.images)).map { image in
                        ConvolutionShare(
                            convolution: primitive,
                            imageOffset: image * geometry.imageCount
                                + firstRow * Int(shape.width * shape.channels),
                            resultOffset: image * geometry.resultCount
                                + range.lowerBound * Int(shape.columns * shape.filters),
                            resultCount: range.count * Int(shape.columns * shape.filters))
                    })
            }
            self.init(all)
        }

        /// - Returns: `nil` if two primitives want their weights in different orders.
        private init?(_ byWorker: [[ConvolutionShare]]) {
            let first = byWorker[0][0].convolution.primitive
            guard byWorker.joined().allSatisfy({ $0.convolution.primitive.sharesWeights(with: first) }) else {
                return nil
            }
            self.byWorker = byWorker
        }

        /// Gives every worker working memory of its own behind an offset, and moves the offset behind it.
        func placeScratch(_ offset: inout Int) {
            for shares in byWorker {
                var placed: Set<ObjectIdentifier> = []
                for share in shares where placed.insert(ObjectIdentifier(share.convolution)).inserted {
                    share.convolution.placeScratch(&offset)
                }
            }
        }
    }
#endif
