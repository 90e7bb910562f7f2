/// VGG's configurations D and E: 3 x 3 convolutions in five stages, each of which ends in a max-pool.
///
/// K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR 2015. The form
/// with batch normalisation keeps the convolutions' offsets, as is usual.
struct VGG {
    /// The number of convolutions in each stage.
    let stages: [Int]
    /// Whether batch normalisation stands between a convolution and its ReLU.
    let isNormalized: Bool

    /// VGG-16 or VGG-19: 13 or 16 convolutions.
    init(depth: Int, isNormalized: Bool) {
        stages = depth == 16 ? [2, 2, 3, 3, 3] : [2, 2, 4, 4, 4]
        self.isNormalized = isNormalized
    }

    /// The convolutions, which halve images five times.
    @LayerBuilder var features: [any Layer] {
        for (count, channels) in zip(stages, [64, 128, 256, 512, 512]) {
            for _ in 0..<count {
                Conv2D(channels, kernel: 3, padding: 1)
                if isNormalized { BatchNorm2D() }
                ReLU()
            }
            MaxPool2D(2)
        }
    }
}

extension Architecture {
    /// VGG-16 and VGG-19 in all their forms.
    static let vggs: [Architecture] = [16, 19].flatMap { depth in
        [false, true].map { vggCIFAR(depth: depth, isNormalized: $0) }
    }

    /// The form for small images: one dense layer, on the 512 channels that 32 x 32 pixels come down to. VGG-16 with batch
    /// normalisation has 14,728,266 trainable parameters for 10 classes.
    private static func vggCIFAR(depth: Int, isNormalized: Bool) -> Architecture {
        Architecture(
            name: "vgg\(depth)\(isNormalized ? "-bn" : "")-cifar",
            summary: "VGG-\(depth) for 32x32 images: \(isNormalized ? "batch norm, " : "")one dense layer"
        ) { classes in
            VGG(depth: depth, isNormalized: isNormalized).features
            Dense(classes)
        }
    }
}
