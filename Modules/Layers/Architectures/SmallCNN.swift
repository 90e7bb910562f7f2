extension Architecture {
    /// Two convolutions and two dense layers: 421,642 parameters for 28 x 28 grey images and 10 classes.
    public static let smallCNN = Architecture(
        name: "small-cnn", summary: "convolutions of 32 and 64 channels, dense layer of 128"
    ) { classes in
        Conv2D(32, kernel: 3, padding: 1)
        ReLU()
        MaxPool2D(2)
        Conv2D(64, kernel: 3, padding: 1)
        ReLU()
        MaxPool2D(2)
        Dense(128)
        ReLU()
        Dense(classes)
    }
}
