extension Architecture {
    /// ResNet-18 with a 3 x 3 stem and no max-pool, for small images: 11,173,962 trainable parameters for 10 classes.
    ///
    /// K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016, with the stem that is
    /// usual on CIFAR.
    public static let resnet18CIFAR = Architecture(
        name: "resnet18-cifar", summary: "ResNet-18 for 32x32 images: 3x3 stem, no max-pool"
    ) { classes in
        Conv2D(64, kernel: 3, padding: 1, bias: false)
        BatchNorm2D()
        ReLU()
        for (stage, channels) in [64, 128, 256, 512].enumerated() {
            basicBlock(channels, stride: stage == 0 ? 1 : 2, projects: stage > 0)
            basicBlock(channels, stride: 1, projects: false)
        }
        GlobalAveragePool2D()
        Dense(classes)
    }

    private static func basicBlock(_ channels: Int, stride: Int, projects: Bool) -> Residual {
        Residual {
            Conv2D(channels, kernel: 3, stride: stride, padding: 1, bias: false)
            BatchNorm2D()
            ReLU()
            Conv2D(channels, kernel: 3, padding: 1, bias: false)
            BatchNorm2D()
        } shortcut: {
            if projects {
                Conv2D(channels, kernel: 1, stride: stride, bias: false)
                BatchNorm2D()
            }
        }
    }
}
