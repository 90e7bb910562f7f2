// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "network",
    dependencies: [
        .package(name: "slipstream", path: "@SLIPSTREAM@")
    ],
    targets: [
        .executableTarget(
            name: "network",
            dependencies: [
                .product(name: "Accelerators", package: "slipstream"),
                .product(name: "Datasets", package: "slipstream"),
                .product(name: "Layers", package: "slipstream"),
                .product(name: "OpenBLAS", package: "slipstream"),
                .product(name: "Optimizers", package: "slipstream"),
                .product(name: "Training", package: "slipstream"),
                .product(name: "Vectorized", package: "slipstream"),
            ],
            path: "Sources/Network")
    ]
)
