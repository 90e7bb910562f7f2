extension Architecture {
    /// LeNet-5 with ReLU and max-pooling.
    ///
    /// Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, 1998. The
    /// original has tanh, trainable subsampling and a partly connected second convolution.
    public static let lenet = Architecture(name: "lenet", summary: "LeNet-5 with ReLU and max-pooling") { classes in
        Conv2D(6, kernel: 5, padding: 2)
        ReLU()
        MaxPool2D(2)
        Conv2D(16, kernel: 5)
        ReLU()
        MaxPool2D(2)
        Dense(120)
        ReLU()
        Dense(84)
        ReLU()
        Dense(classes)
    }
}
