/// VGG's configurations D and E: 3 x 3 convolutions in five stages, each of which ends in a max-pool.
///
/// K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR 2015. The form
/// with batch normalisation keeps the convolutions' offsets, as is usual.
struct VGG {
    /// 16 or 19: convolutions, and the published form's dense layers.
    let depth: Int
    /// The number of convolutions in each stage.
    let stages: [Int]
    /// Whether batch normalisation stands between a convolution and its ReLU.
    let isNormalized: Bool

    /// VGG-16 or VGG-19.
    init(depth: Int, isNormalized: Bool) {
        self.depth = depth
        stages = depth == 16 ? [2, 2, 3, 3, 3] : [2, 2, 4, 4, 4]
        self.isNormalized = isNormalized
    }

    var name: String { "vgg\(depth)\(isNormalized ? "-bn" : "")" }
    var summary: String { "VGG-\(depth)\(isNormalized ? " with batch norm" : "")" }

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
    /// VGG-16 and VGG-19, with and without batch normalisation, for large and for small images.
    static let vggs = [16, 19].flatMap { depth in
        [false, true].flatMap { isNormalized in
            let network = VGG(depth: depth, isNormalized: isNormalized)
            return [vgg(network), vggCIFAR(network)]
        }
    }

    /// The published form: three dense layers, with dropout between them.
    private static func vgg(_ network: VGG) -> Architecture {
        Architecture(name: network.name, summary: "\(network.summary) for 224x224 images") { classes in
            network.features
            AdaptiveAveragePool2D(7)
            for _ in 0..<2 {
                Dense(4096)
                ReLU()
                DropoutLayer(0.5)
            }
            Dense(classes)
        }
    }

    /// The form for small images: one dense layer, on the 512 channels that 32 x 32 pixels come down to. VGG-16 with batch
    /// normalisation has 14,728,266 trainable parameters for 10 classes.
    private static func vggCIFAR(_ network: VGG) -> Architecture {
        Architecture(
            name: "\(network.name)-cifar", summary: "\(network.summary) for 32x32 images: one dense layer"
        ) { classes in
            network.features
            Dense(classes)
        }
    }
}
