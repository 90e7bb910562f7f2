#if OneDNN
    import COneDNN
    import Graphs
    import Tensors

    /// A convolution of channels-last images, and shares of it.
    struct ConvolutionGeometry: Sendable {
        /// The whole.
        let shape: cd_shape

        /// The sizes, or `nil` for what is empty.
        init?(window: Window, groups: Int, x: [Int], w: [Int]) {
            guard let placed = try? window.placed(on: Array(x[2...])), x[0] > 0, w[0] > 0 else { return nil }
            var shape = cd_shape()
            (shape.images, shape.groups) = (Int64(x[0]), Int64(groups))
            (shape.channels, shape.filters) = (Int64(x[1]), Int64(w[0]))
            (shape.height, shape.width) = (Int64(x[2]), Int64(x[3]))
            (shape.rows, shape.columns) = (Int64(placed.output[0]), Int64(placed.output[1]))
            (shape.kernel_height, shape.kernel_width) = (Int64(window.kernel[0]), Int64(window.kernel[1]))
            (shape.row_step, shape.column_step) = (Int64(window.strides[0]), Int64(window.strides[1]))
            (shape.row_dilation, shape.column_dilation) = (Int64(window.dilations[0]), Int64(window.dilations[1]))
            (shape.top, shape.left) = (Int64(placed.top), Int64(placed.left))
            // oneDNN wants the padding that the places use, which is less than the window's where a step does not reach
            // the end, and negative where it leaves pixels out.
            shape.right =
                (shape.columns - 1) * shape.column_step + (shape.kernel_width - 1) * shape.column_dilation + 1
                - shape.width - shape.left
            shape.bottom =
                (shape.rows - 1) * shape.row_step + (shape.kernel_height - 1) * shape.row_dilation + 1
                - shape.height - shape.top
            self.shape = shape
        }

        private init(_ shape: cd_shape) { self.shape = shape }

        /// The convolution whose result is this one's data gradient: of the result's gradient with rotated filters.
        ///
        /// `nil` with steps above 1, which leave gaps, with several groups, and with more padding than a window covers.
        var rotated: ConvolutionGeometry? {
            guard shape.groups == 1, shape.row_step == 1, shape.column_step == 1 else { return nil }
            var rotated = shape
            (rotated.channels, rotated.filters) = (shape.filters, shape.channels)
            (rotated.height, rotated.width) = (shape.rows, shape.columns)
            (rotated.rows, rotated.columns) = (shape.height, shape.width)
            let (reach, columnReach) = (
                (shape.kernel_height - 1) * shape.row_dilation, (shape.kernel_width - 1) * shape.column_dilation
            )
            (rotated.top, rotated.left) = (reach - shape.top, columnReach - shape.left)
            (rotated.bottom, rotated.right) = (reach - shape.bottom, columnReach - shape.right)
            guard min(rotated.top, rotated.left, rotated.bottom, rotated.right) >= 0 else { return nil }
            return ConvolutionGeometry(rotated)
        }

        /// The floats of an image and of a result.
        var imageCount: Int { Int(shape.height * shape.width * shape.channels) }
        var resultCount: Int { Int(shape.rows * shape.columns * shape.filters) }

        /// Some of the images.
        func images(_ count: Int) -> cd_shape {
            var part = shape
            part.images = Int64(count)
            return part
        }

        /// Some of the filters; with several groups, all or none.
        func filters(_ count: Int) -> cd_shape {
            var part = shape
            part.filters = Int64(count)
            return part
        }

        /// Some rows of places of one image, and the row of the image where they begin; `nil` if they lie in the padding
        /// alone.
        func rows(_ range: Range<Int>) -> (shape: cd_shape, firstRow: Int)? {
            let extent = (shape.kernel_height - 1) * shape.row_dilation + 1
            let begin = Int64(range.lowerBound) * shape.row_step - shape.top
            let end = Int64(range.upperBound - 1) * shape.row_step - shape.top + extent
            let (first, last) = (max(0, begin), min(shape.height, end))
            guard first < last else { return nil }
            var part = shape
            (part.images, part.height, part.rows) = (1, last - first, Int64(range.count))
            (part.top, part.bottom) = (first - begin, end - last)
            return (part, Int(first))
        }
    }

    extension cd_shape {
        /// Whether a direct kernel is faster than oneDNN's favourite, which multiplies a row of places by the filters of
        /// one tap. Single-threaded GFLOP/s on Zen 5 with oneDNN 2.6.3, favourite and direct, by channels, places and
        /// filters: 512, 4 x 4, 512: 162, 293; 512, 5 x 5, 512: 299, 290; 128, 4 x 4, 128: 384, 301; 64, 32 x 32, 64:
        /// 252, 197; 1, 28 x 28, 32: 126, 184; 8, 32 x 32, 64: 265, 287.
        var isBetterDirect: Bool {
            let hasFewChannels = channels / groups <= 8
            let isDeepAndNarrow = columns <= 4 && channels * filters / groups >= 1 << 15 && kernel_width > 1
            return hasFewChannels || isDeepAndNarrow
        }
    }
#endif
