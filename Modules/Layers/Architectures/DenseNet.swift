extension Architecture {
    /// DenseNet-121 for 224 x 224 images: 7,978,856 trainable parameters for 1000 classes.
    ///
    /// G. Huang, Z. Liu, L. van der Maaten, K. Weinberger, *Densely connected convolutional networks*, CVPR 2017: growth
    /// rate 32, bottlenecks of 128 channels, compression by half.
    public static let denseNet121 = Architecture(
        name: "densenet121", summary: "DenseNet-121 for 224x224 images"
    ) { classes in
        let growth = 32
        Conv2D(2 * growth, kernel: 7, stride: 2, padding: 3, bias: false)
        BatchNorm2D()
        ReLU()
        MaxPool2D(3, stride: 2, padding: 1)
        denseStages([6, 12, 24, 16], channels: 2 * growth, growth: growth)
        BatchNorm2D()
        ReLU()
        GlobalAveragePool2D()
        Dense(classes)
    }

    /// Dense blocks, with transitions between them that halve channels and images.
    @LayerBuilder private static func denseStages(_ stages: [Int], channels: Int, growth: Int) -> [any Layer] {
        let widths = stages.reduce(into: [channels]) { $0.append(($0[$0.count - 1] + $1 * growth) / 2) }
        for (stage, count) in stages.enumerated() {
            for _ in 0..<count { denseLayer(growth: growth) }
            if stage < stages.count - 1 {
                BatchNorm2D()
                ReLU()
                Conv2D(widths[stage + 1], kernel: 1, bias: false)
                AveragePool2D(2)
            }
        }
    }

    /// Its input, with `growth` channels more.
    private static func denseLayer(growth: Int) -> Concatenate {
        Concatenate {
            Sequential {}
            Sequential {
                BatchNorm2D()
                ReLU()
                Conv2D(4 * growth, kernel: 1, bias: false)
                BatchNorm2D()
                ReLU()
                Conv2D(growth, kernel: 3, padding: 1, bias: false)
            }
        }
    }
}
