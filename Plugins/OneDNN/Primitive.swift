#if OneDNN
    import COneDNN

    /// A kernel of oneDNN's for one thread at a time. Running it allocates nothing but oneDNN's table of its operands.
    final class Primitive: @unchecked Sendable {
        private let handle: OpaquePointer
        /// Where its working memory starts in a call's scratch memory.
        private var scratchOffset = 0

        private init(_ handle: OpaquePointer) { self.handle = handle }

        /// A convolution, or `nil` unless oneDNN has a compiled kernel for it.
        convenience init?(_ direction: cd_direction, _ shape: cd_shape) {
            guard let handle = withUnsafePointer(to: shape, { cd_convolution(direction, $0, shape.isBetterDirect) })
            else { return nil }
            self.init(handle)
        }

        /// A convolution of blocked images by Winograd's algorithm, or `nil` unless oneDNN has a compiled kernel for it.
        convenience init?(winograd direction: cd_direction, _ shape: cd_shape) {
            guard let handle = withUnsafePointer(to: shape, { cd_winograd(direction, $0) }) else { return nil }
            self.init(handle)
        }

        /// What brings channels-last images into blocks of 16 channels, or back; `nil` if oneDNN cannot.
        convenience init?(images: Int64, channels: Int64, height: Int64, width: Int64, outwards: Bool) {
            guard let handle = cd_images_order(images, channels, height, width, outwards) else { return nil }
            self.init(handle)
        }

        deinit { cd_free(handle) }

        /// Puts the working memory at an offset into a call's scratch memory, and moves the offset behind it. To be called
        /// before the first run.
        func placeScratch(_ offset: inout Int) {
            scratchOffset = offset
            offset += (cd_scratch_bytes(handle) + 63) & ~63
        }

        /// A convolution's weights in its own order in bytes, in whole cache lines.
        var weightsBytes: Int { (cd_weights_bytes(handle) + 63) & ~63 }

        /// Whether both want their weights in the same order.
        func sharesWeights(with other: Primitive) -> Bool { cd_shares_weights(handle, other.handle) }

        /// What brings some of the convolution's filters from a plain order into its own, or back.
        func order(of filters: Range<Int>, plain: cd_order) -> Primitive? {
            cd_weights_order(handle, plain, Int64(filters.lowerBound), Int64(filters.count)).map { Primitive($0) }
        }

        // A kernel that was made fails for lack of memory only, and there Swift itself stops, too.

        /// Runs a convolution.
        func convolve(
            image: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
            bias: UnsafeMutablePointer<Float>?, result: UnsafeMutablePointer<Float>,
            scratch: UnsafeMutableRawPointer
        ) {
            let done = cd_convolve(handle, image, weights, bias, result, scratch + scratchOffset)
            precondition(done, "oneDNN got no memory for the table of its operands")
        }

        /// Reorders filters or images; both pointers are to the first of all.
        func reorder(
            plain: UnsafeMutablePointer<Float>, own: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer
        ) {
            let done = cd_reorder(handle, plain, own, scratch + scratchOffset)
            precondition(done, "oneDNN got no memory for the table of its operands")
        }
    }
#endif
