/// What the Inception networks are made of.
enum Inception {
    /// A convolution without offset, batch normalisation with ε = 0.001, ReLU.
    static func unit(_ channels: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0) -> Sequential {
        unit(Conv2D(channels, kernel: kernel, stride: stride, padding: padding, bias: false))
    }

    /// A unit whose filters are 1 x `width`, with padding that keeps the size.
    static func row(_ channels: Int, _ width: Int) -> Sequential {
        unit(Conv2D(channels, kernel: (height: 1, width: width), padding: (height: 0, width: width / 2), bias: false))
    }

    /// A unit whose filters are `height` x 1, with padding that keeps the size.
    static func column(_ channels: Int, _ height: Int) -> Sequential {
        unit(Conv2D(channels, kernel: (height: height, width: 1), padding: (height: height / 2, width: 0), bias: false))
    }

    private static func unit(_ convolution: Conv2D) -> Sequential {
        Sequential {
            convolution
            BatchNorm2D(epsilon: 1e-3)
            ReLU()
        }
    }

    /// The first layers of both networks: 192 channels of an eighth of the image's size.
    @LayerBuilder static var stem: [any Layer] {
        unit(32, 3, stride: 2)
        unit(32, 3)
        unit(64, 3, padding: 1)
        MaxPool2D(3, stride: 2)
        unit(80, 1)
        unit(192, 3)
        MaxPool2D(3, stride: 2)
    }
}
