extension Architecture {
    /// Inception-ResNet-v2 for 299 x 299 images: 55,843,464 trainable parameters for 1000 classes.
    ///
    /// C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, *Inception-v4, Inception-ResNet and the impact of residual connections
    /// on learning*, AAAI 2017, in the form of the authors' published weights (which has Inception-v3's stem), as in timm.
    /// Keras's has no scales in its batch normalisation, 30,272 in all, and counts the 60,544 running statistics:
    /// 55,873,736.
    public static let inceptionResNetV2 = Architecture(
        name: "inception-resnet-v2", summary: "Inception-ResNet-v2 for 299x299 images"
    ) { classes in
        Inception.stem
        mixed
        for _ in 0..<10 { block35 }
        reductionA
        for _ in 0..<20 { block17 }
        reductionB
        for _ in 0..<9 { block8(scale: 0.2, activates: true) }
        block8(scale: 1, activates: false)
        Inception.unit(1536, 1)
        GlobalAveragePool2D()
        DropoutLayer(0.2)
        Dense(classes)
    }

    /// From 192 channels to 320.
    private static var mixed: Concatenate {
        Concatenate {
            Inception.unit(96, 1)
            Sequential {
                Inception.unit(48, 1)
                Inception.unit(64, 5, padding: 2)
            }
            Sequential {
                Inception.unit(64, 1)
                Inception.unit(96, 3, padding: 1)
                Inception.unit(96, 3, padding: 1)
            }
            Sequential {
                AveragePool2D(3, stride: 1, padding: 1)
                Inception.unit(64, 1)
            }
        }
    }

    private static var block35: Residual {
        Residual(scale: 0.17) {
            Concatenate {
                Inception.unit(32, 1)
                Sequential {
                    Inception.unit(32, 1)
                    Inception.unit(32, 3, padding: 1)
                }
                Sequential {
                    Inception.unit(32, 1)
                    Inception.unit(48, 3, padding: 1)
                    Inception.unit(64, 3, padding: 1)
                }
            }
            Conv2D(320, kernel: 1)
        }
    }

    /// From 320 channels to 1088 of half the size.
    private static var reductionA: Concatenate {
        Concatenate {
            Inception.unit(384, 3, stride: 2)
            Sequential {
                Inception.unit(256, 1)
                Inception.unit(256, 3, padding: 1)
                Inception.unit(384, 3, stride: 2)
            }
            MaxPool2D(3, stride: 2)
        }
    }

    private static var block17: Residual {
        Residual(scale: 0.1) {
            Concatenate {
                Inception.unit(192, 1)
                Sequential {
                    Inception.unit(128, 1)
                    Inception.row(160, 7)
                    Inception.column(192, 7)
                }
            }
            Conv2D(1088, kernel: 1)
        }
    }

    /// From 1088 channels to 2080 of half the size.
    private static var reductionB: Concatenate {
        Concatenate {
            Sequential {
                Inception.unit(256, 1)
                Inception.unit(384, 3, stride: 2)
            }
            Sequential {
                Inception.unit(256, 1)
                Inception.unit(288, 3, stride: 2)
            }
            Sequential {
                Inception.unit(256, 1)
                Inception.unit(288, 3, padding: 1)
                Inception.unit(320, 3, stride: 2)
            }
            MaxPool2D(3, stride: 2)
        }
    }

    private static func block8(scale: Double, activates: Bool) -> Residual {
        Residual(scale: scale, activates: activates) {
            Concatenate {
                Inception.unit(192, 1)
                Sequential {
                    Inception.unit(192, 1)
                    Inception.row(224, 3)
                    Inception.column(256, 3)
                }
            }
            Conv2D(2080, kernel: 1)
        }
    }
}
