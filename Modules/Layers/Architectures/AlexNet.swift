extension Architecture {
    /// AlexNet on one processor, for 224 x 224 images: 61,100,840 trainable parameters for 1000 classes, as torchvision's.
    ///
    /// A. Krizhevsky, *One weird trick for parallelizing convolutional neural networks*, arXiv:1404.5997, 2014, the form
    /// without groups and local response normalisation of the network of 2012.
    public static let alexNet = Architecture(
        name: "alexnet", summary: "AlexNet for 224x224 images, without groups"
    ) { classes in
        Conv2D(64, kernel: 11, stride: 4, padding: 2)
        ReLU()
        MaxPool2D(3, stride: 2)
        Conv2D(192, kernel: 5, padding: 2)
        ReLU()
        MaxPool2D(3, stride: 2)
        for channels in [384, 256, 256] {
            Conv2D(channels, kernel: 3, padding: 1)
            ReLU()
        }
        MaxPool2D(3, stride: 2)
        AdaptiveAveragePool2D(6)
        for _ in 0..<2 {
            DropoutLayer(0.5)
            Dense(4096)
            ReLU()
        }
        Dense(classes)
    }

    /// The reduced AlexNet of the papers on minibatch persistency, for 32 x 32 images: 3,521,098 trainable parameters for
    /// 10 classes.
    ///
    /// M. Fischetti, I. Mandatelli, D. Salvagnin, *Faster SGD training by minibatch persistency*, arXiv:1806.07353, 2018:
    /// kernels 11, 5, 3, 3, 3, stride 1, max-pools of 2 x 2, 256 hidden units. The paper leaves open where the pools
    /// stand and how images are padded: here as in AlexNet, and so that convolutions keep the size.
    public static let alexNetReduced = Architecture(
        name: "alexnet-reduced", summary: "AlexNet for 32x32 images: stride 1, dense layer of 256"
    ) { classes in
        for (channels, kernel, isPooled) in [
            (64, 11, true), (192, 5, true), (384, 3, false), (256, 3, false), (256, 3, true),
        ] {
            Conv2D(channels, kernel: kernel, padding: kernel / 2)
            ReLU()
            if isPooled { MaxPool2D(2) }
        }
        Dense(256)
        ReLU()
        Dense(classes)
    }
}
