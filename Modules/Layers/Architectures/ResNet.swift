/// Residual networks for images of 224 x 224 pixels, and for small ones with another stem.
///
/// K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016. A bottleneck takes its stride
/// in the 3 x 3 convolution and not in the first 1 x 1 one, as torchvision's do; the number of parameters is the same.
struct ResNet {
    /// The number of layers with weights.
    let depth: Int
    /// The number of blocks in each stage.
    let stages: [Int]
    /// Whether blocks squeeze their channels to a quarter for the 3 x 3 convolution.
    let hasBottlenecks: Bool

    /// The published depths.
    static let all = [
        ResNet(depth: 18, stages: [2, 2, 2, 2], hasBottlenecks: false),
        ResNet(depth: 34, stages: [3, 4, 6, 3], hasBottlenecks: false),
        ResNet(depth: 50, stages: [3, 4, 6, 3], hasBottlenecks: true),
        ResNet(depth: 101, stages: [3, 4, 23, 3], hasBottlenecks: true),
        ResNet(depth: 152, stages: [3, 8, 36, 3], hasBottlenecks: true),
    ]

    /// The layers behind the stem.
    @LayerBuilder func body(classes: Int) -> [any Layer] {
        for (stage, count) in stages.enumerated() {
            for index in 0..<count {
                let stride = stage > 0 && index == 0 ? 2 : 1
                block(64 << stage, stride: stride, projects: index == 0 && (stage > 0 || hasBottlenecks))
            }
        }
        GlobalAveragePool2D()
        Dense(classes)
    }

    private func block(_ channels: Int, stride: Int, projects: Bool) -> Residual {
        let results = hasBottlenecks ? 4 * channels : channels
        return Residual {
            if hasBottlenecks {
                Conv2D(channels, kernel: 1, bias: false)
                BatchNorm2D()
                ReLU()
            }
            Conv2D(channels, kernel: 3, stride: stride, padding: 1, bias: false)
            BatchNorm2D()
            ReLU()
            Conv2D(results, kernel: hasBottlenecks ? 1 : 3, padding: hasBottlenecks ? 0 : 1, bias: false)
            BatchNorm2D()
        } shortcut: {
            if projects {
                Conv2D(results, kernel: 1, stride: stride, bias: false)
                BatchNorm2D()
            }
        }
    }
}

extension Architecture {
    /// All residual networks, each with both stems.
    static let resNets = ResNet.all.flatMap { [resNet($0), resNetCIFAR($0)] }

    /// ResNet-18 with a 3 x 3 stem and no max-pool, for small images: 11,173,962 trainable parameters for 10 classes.
    public static let resnet18CIFAR = resNetCIFAR(ResNet.all[0])

    private static func resNet(_ network: ResNet) -> Architecture {
        Architecture(name: "resnet\(network.depth)", summary: "ResNet-\(network.depth) for 224x224 images") { classes in
            Conv2D(64, kernel: 7, stride: 2, padding: 3, bias: false)
            BatchNorm2D()
            ReLU()
            MaxPool2D(3, stride: 2, padding: 1)
            network.body(classes: classes)
        }
    }

    private static func resNetCIFAR(_ network: ResNet) -> Architecture {
        Architecture(
            name: "resnet\(network.depth)-cifar",
            summary: "ResNet-\(network.depth) for 32x32 images: 3x3 stem, no max-pool"
        ) { classes in
            Conv2D(64, kernel: 3, padding: 1, bias: false)
            BatchNorm2D()
            ReLU()
            network.body(classes: classes)
        }
    }
}
