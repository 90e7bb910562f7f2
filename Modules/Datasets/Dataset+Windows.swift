import CKernels

extension Dataset {
    public var background: [Float] { [Float](repeating: 0, count: imageShape.channels) }

    public func copyImages(
        at indices: UnsafeBufferPointer<Int>, through windows: UnsafeBufferPointer<ImageWindow>,
        to destination: UnsafeMutablePointer<Float>
    ) {
        precondition(windows.count == indices.count, "a window for each image")
        let (size, background) = (imageShape.count, background)
        var sampler: WindowSampler?
        copyImages(at: indices, to: destination)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { image in
            guard let image = image.baseAddress else { return }
            for (row, window) in windows.enumerated() {
                let target = destination + row * size
                image.update(from: target, count: size)
                imageShape.copy(image, through: window, background: background, to: target, &sampler)
            }
        }
    }
}

extension ImageShape {
    /// Writes what a window shows of an image of this shape.
    ///
    /// - Parameters:
    ///   - image: the image's values.
    ///   - background: the value outside of it for each channel.
    ///   - target: room for an image.
    ///   - sampler: the memory of windows of another size, made when the first one comes.
    func copy(
        _ image: UnsafePointer<Float>, through window: ImageWindow, background: [Float],
        to target: UnsafeMutablePointer<Float>, _ sampler: inout WindowSampler?
    ) {
        let samples = window.height != height || window.width != width
        if samples {
            sampler = sampler ?? WindowSampler(self)
            sampler?.aim(at: window)
        }
        for channel in 0..<channels {
            let (input, output) = (image + channel * height * width, target + channel * height * width)
            if samples {
                sampler?.sample(background: background[channel], to: output) { [width] row, destination in
                    destination.update(from: input + row * width, count: width)
                }
            } else {
                ck_move_f32(
                    input, height, width, window.top, window.left, window.isMirrored ? 1 : 0, background[channel],
                    output)
            }
        }
    }
}
