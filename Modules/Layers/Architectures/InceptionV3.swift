extension Architecture {
    /// Inception-v3 for 299 x 299 images, without the auxiliary classifier: 23,834,568 trainable parameters for 1000 classes.
    ///
    /// C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, *Rethinking the Inception architecture for computer vision*,
    /// CVPR 2016. As torchvision's (27,161,264 parameters with the auxiliary classifier, which is of use in training alone),
    /// so averages count the zeros of the padding.
    public static let inceptionV3 = Architecture(
        name: "inception-v3", summary: "Inception-v3 for 299x299 images, no auxiliary classifier"
    ) { classes in
        Inception.stem
        for pooled in [32, 64, 64] { wide(pooled: pooled) }
        firstReduction
        for channels in [128, 160, 160, 192] { factored(channels) }
        secondReduction
        for _ in 0..<2 { spread }
        GlobalAveragePool2D()
        DropoutLayer(0.5)
        Dense(classes)
    }

    private static func pooledBranch(_ channels: Int) -> Sequential {
        Sequential {
            AveragePool2D(3, stride: 1, padding: 1, countsPadding: true)
            Inception.unit(channels, 1)
        }
    }

    /// 5 x 5 and doubled 3 x 3 filters.
    private static func wide(pooled: Int) -> Concatenate {
        Concatenate {
            Inception.unit(64, 1)
            Sequential {
                Inception.unit(48, 1)
                Inception.unit(64, 5, padding: 2)
            }
            Sequential {
                Inception.unit(64, 1)
                Inception.unit(96, 3, padding: 1)
                Inception.unit(96, 3, padding: 1)
            }
            pooledBranch(pooled)
        }
    }

    /// From 288 channels to 768 of half the size.
    private static var firstReduction: Concatenate {
        Concatenate {
            Inception.unit(384, 3, stride: 2)
            Sequential {
                Inception.unit(64, 1)
                Inception.unit(96, 3, padding: 1)
                Inception.unit(96, 3, stride: 2)
            }
            MaxPool2D(3, stride: 2)
        }
    }

    /// 7 x 7 filters, as rows and columns.
    private static func factored(_ channels: Int) -> Concatenate {
        Concatenate {
            Inception.unit(192, 1)
            Sequential {
                Inception.unit(channels, 1)
                Inception.row(channels, 7)
                Inception.column(192, 7)
            }
            Sequential {
                Inception.unit(channels, 1)
                Inception.column(channels, 7)
                Inception.row(channels, 7)
                Inception.column(channels, 7)
                Inception.row(192, 7)
            }
            pooledBranch(192)
        }
    }

    /// From 768 channels to 1280 of half the size.
    private static var secondReduction: Concatenate {
        Concatenate {
            Sequential {
                Inception.unit(192, 1)
                Inception.unit(320, 3, stride: 2)
            }
            Sequential {
                Inception.unit(192, 1)
                Inception.row(192, 7)
                Inception.column(192, 7)
                Inception.unit(192, 3, stride: 2)
            }
            MaxPool2D(3, stride: 2)
        }
    }

    /// 3 x 3 filters as rows beside columns: 2048 channels.
    private static var spread: Concatenate {
        Concatenate {
            Inception.unit(320, 1)
            Sequential {
                Inception.unit(384, 1)
                rowsBesideColumns
            }
            Sequential {
                Inception.unit(448, 1)
                Inception.unit(384, 3, padding: 1)
                rowsBesideColumns
            }
            pooledBranch(192)
        }
    }

    private static var rowsBesideColumns: Concatenate {
        Concatenate {
            Inception.row(384, 3)
            Inception.column(384, 3)
        }
    }
}
