#if OneDNN
    import COneDNN

    /// A convolution of channels-last images by Winograd's algorithm, which needs a quarter of the multiplications: tiles of
    /// 6 x 6 pixels give 4 x 4 results.
    ///
    /// oneDNN has it for images in blocks of 16 channels, so these pass through buffers. A. Lavin, S. Gray, *Fast
    /// algorithms for convolutional neural networks*, CVPR 2016. Rounding errors are a few times those of a direct
    /// convolution.
    final class WinogradConvolution: SharedConvolution, @unchecked Sendable {
        let primitive: Primitive
        private let direction: cd_direction
        private let imageOrder: Primitive
        private let resultOrder: Primitive
        private let imageBytes: Int
        private let resultBytes: Int
        private var imageOffset = 0
        private var resultOffset = 0

        /// - Returns: `nil` if oneDNN does not have it.
        init?(_ direction: cd_direction, _ shape: cd_shape) {
            guard let primitive = Primitive(winograd: direction, shape),
                let imageOrder = Primitive(
                    images: shape.images, channels: shape.channels, height: shape.height, width: shape.width,
                    outwards: false),
                let resultOrder = Primitive(
                    images: shape.images, channels: shape.filters, height: shape.rows, width: shape.columns,
                    outwards: direction != CD_WEIGHT_GRADIENT)
            else { return nil }
            self.primitive = primitive
            self.direction = direction
            self.imageOrder = imageOrder
            self.resultOrder = resultOrder
            let stride = MemoryLayout<Float>.stride
            imageBytes = Int(shape.images * shape.channels * shape.height * shape.width) * stride
            resultBytes = Int(shape.images * shape.filters * shape.rows * shape.columns) * stride
        }

        func placeScratch(_ offset: inout Int) {
            primitive.placeScratch(&offset)
            imageOrder.placeScratch(&offset)
            resultOrder.placeScratch(&offset)
            imageOffset = offset
            offset += (imageBytes + 63) & ~63
            resultOffset = offset
            offset += (resultBytes + 63) & ~63
        }

        func convolve(
            image: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
            bias: UnsafeMutablePointer<Float>?, result: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer
        ) {
            let blockedImage = (scratch + imageOffset).assumingMemoryBound(to: Float.self)
            let blockedResult = (scratch + resultOffset).assumingMemoryBound(to: Float.self)
            imageOrder.reorder(plain: image, own: blockedImage, scratch: scratch)
            if direction == CD_WEIGHT_GRADIENT {
                resultOrder.reorder(plain: result, own: blockedResult, scratch: scratch)
            }
            primitive.convolve(
                image: blockedImage, weights: weights, bias: bias, result: blockedResult, scratch: scratch)
            if direction != CD_WEIGHT_GRADIENT {
                resultOrder.reorder(plain: result, own: blockedResult, scratch: scratch)
            }
        }
    }

    extension cd_shape {
        /// Whether Winograd's algorithm is faster, the way to blocks of channels and back included.
        func suitsWinograd(_ direction: cd_direction) -> Bool {
            let isThreeByThree = kernel_height == 3 && kernel_width == 3 && row_step == 1 && column_step == 1
            let isPlain = groups == 1 && row_dilation == 1 && column_dilation == 1
            let isPadded = [top, left, bottom, right].allSatisfy { (0...1).contains($0) }
            let least = min(channels, filters)
            guard isThreeByThree, isPlain, isPadded, channels % 16 == 0, filters % 16 == 0 else { return false }
            // The filters are transformed in every run, so there must be many places for each.
            return switch direction {
            case CD_FORWARD, CD_FORWARD_WITH_BIAS:
                least >= 64 && rows * columns >= 36 && images * rows * columns >= 512
            case CD_WEIGHT_GRADIENT: least >= 128 && images * rows * columns >= 16 * channels
            default: false
            }
        }
    }
#endif
