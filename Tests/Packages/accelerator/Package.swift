// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "accelerator",
    dependencies: [.package(name: "slipstream", path: "@SLIPSTREAM@")],
    targets: [
        .executableTarget(
            name: "accelerator",
            dependencies: [.product(name: "Accelerators", package: "slipstream")],
            path: "Sources/Accelerator")
    ]
)
