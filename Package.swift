// swift-tools-version: 6.2
import PackageDescription

// Modules are listed from the lowest to the highest: a target may depend only on what stands above it.
// `treatAllWarnings` holds for this package alone; a package that depends on it builds without it.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]
let strictCXX: [CXXSetting] = [.treatAllWarnings(as: .error)]

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(name)", resources: resources,
        swiftSettings: strict)
}

func plugin(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Plugins/\(name)", swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
        resources: resources, swiftSettings: strict)
}

// The C ABI's functions are marked `@c`, which is Swift 6.3's. For 6.2 a plugin compiles a copy of their files.
#if compiler(>=6.3)
    let copied: [String] = []
    let copying: [Target] = []
#else
    let copied = ["Calls", "LastError.swift", "Version.swift"]
    let copying: [Target] = [
        .plugin(name: "CDeclarations", capability: .buildTool(), path: "tools/CDeclarations")
    ]
#endif

let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "slipstream",
    products: [
        .library(name: "Buffers", targets: ["Buffers"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "Graphs", targets: ["Graphs"]),
        .library(name: "Layers", targets: ["Layers"]),
        .library(name: "Datasets", targets: ["Datasets"]),
        .library(name: "Optimizers", targets: ["Optimizers"]),
        .library(name: "Accelerators", targets: ["Accelerators"]),
        .library(name: "Convex", targets: ["Convex"]),
        .library(name: "Checkpoints", targets: ["Checkpoints"]),
        .library(name: "PluginLoader", targets: ["PluginLoader"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "ONNXBridge", targets: ["ONNXBridge"]),
        .library(name: "Vectorized", targets: ["Vectorized"]),
        .library(name: "OpenBLAS", targets: ["OpenBLAS"]),
        .library(name: "OneDNN", targets: ["OneDNN"]),
        .library(name: "Slipstream", targets: ["Slipstream"]),
        .library(name: "SlipstreamC", type: .dynamic, targets: ["SlipstreamC"]),
        .executable(name: "slipstream", targets: ["SlipstreamCommand"]),
    ],
    traits: [
        .trait(
            name: "OneDNN",
            description: "Convolutions through oneDNN (libdnnl-dev on Debian). Off, nothing of oneDNN's is needed.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(
            name: "COpenBLAS", path: "Modules/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-pthread-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CProtobufC", path: "Modules/CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),

        // Foundations.
        .target(name: "CKernels", path: "Modules/CKernels", cSettings: strictC),
        // An empty library without the trait: a system library's headers would be looked for even then.
        .target(
            name: "COneDNN", path: "Modules/COneDNN",
            cSettings: [.define("SLIPSTREAM_ONEDNN", .when(traits: ["OneDNN"]))] + strictC,
            linkerSettings: [.linkedLibrary("dnnl", .when(traits: ["OneDNN"]))]),
        module("Buffers", ["CKernels", realModule]),
        module("Tensors", ["Buffers", "CZlib"]),

        // The engine.
        module("Graphs", ["Buffers", "Tensors"]),
        module("Layers", ["Buffers", "Graphs"]),
        plugin("Vectorized", ["CKernels", "Buffers", "Tensors", "Graphs"]),
        module("MatrixProducts", ["CKernels", "Buffers", "Tensors", "Graphs"]),
        plugin("OpenBLAS", ["COpenBLAS", "CKernels", "Buffers", "Tensors", "Graphs", "MatrixProducts"]),
        plugin("OneDNN", ["COneDNN", "CKernels", "Buffers", "Tensors", "Graphs", "MatrixProducts"]),

        // Data, rules and accelerators.
        module("Datasets", ["CKernels", "Buffers", "Tensors"]),
        module("Optimizers", ["CKernels", "Buffers"]),
        module("Accelerators", ["CKernels", "Buffers", "Optimizers"]),
        module("Convex", ["CKernels", "Buffers", "Accelerators"]),
        module("Checkpoints", ["CKernels", "Buffers", "Tensors", "Accelerators"]),

        // The C ABI: a header written by hand, and what it promises.
        .systemLibrary(name: "CSlipstream", path: "CAPI/include"),
        .target(
            name: "SlipstreamC", dependencies: ["CSlipstream", "CKernels", "Buffers", "Optimizers", "Accelerators"],
            path: "CAPI/Sources/SlipstreamC", exclude: copied, swiftSettings: strict,
            plugins: copying.map { .plugin(name: $0.name) }),
        // Optimizers and accelerators from shared libraries.
        module("PluginLoader", ["CSlipstream", "CKernels", "Buffers", "Optimizers", "Accelerators"]),

        // Interchange.
        .target(
            name: "CONNXProto", dependencies: ["CProtobufC"], path: "Modules/CONNXProto",
            exclude: ["onnx.proto"], cSettings: strictC),
        .target(
            name: "CONNXCheck", path: "Modules/CONNXCheck",
            cxxSettings: [.define("ONNX_ML", to: "1"), .define("ONNX_NAMESPACE", to: "onnx")] + strictCXX,
            linkerSettings: [
                .linkedLibrary("onnx"), .linkedLibrary("onnx_proto"), .linkedLibrary("protobuf"),
            ]),
        module("ONNXBridge", ["CProtobufC", "CONNXProto", "CONNXCheck", "Buffers", "Tensors", "Graphs"]),

        // Training and the command line.
        module(
            "Training",
            ["CKernels", "Buffers", "Tensors", "Graphs", "Layers", "Datasets", "Optimizers", "Accelerators"]),
        module(
            "Slipstream",
            [
                "Buffers", "Tensors", "Graphs", "Layers", "Datasets", "Optimizers", "Accelerators", "Convex",
                "Checkpoints", "PluginLoader", "Training", "ONNXBridge", "Vectorized", "OpenBLAS", "OneDNN",
            ]),
        .executableTarget(
            name: "SlipstreamCommand", dependencies: ["Slipstream", argumentParser],
            path: "tools/slipstream", swiftSettings: strict),

        // Test support.
        .target(name: "CAllocations", path: "Tests/Support/CAllocations", cSettings: strictC),
        .target(name: "CSignals", path: "Tests/Support/CSignals", cSettings: strictC),
        .target(
            name: "CTestPlugins", dependencies: ["CSlipstream"], path: "Tests/Support/CTestPlugins",
            cSettings: strictC),

        tests("Buffers", ["Buffers", "CKernels"]),
        tests("Tensors", ["Buffers", "Tensors"], resources: [.copy("Golden")]),
        tests(
            "Graphs", ["CAllocations", "CSignals", "Buffers", "Tensors", "Graphs", "Vectorized", "OpenBLAS", "OneDNN"],
            resources: [.copy("Golden")]),
        tests("Layers", ["Buffers", "Tensors", "Graphs", "Layers"]),
        tests("Datasets", ["Buffers", "Tensors", "Datasets"], resources: [.copy("Golden")]),
        tests("Optimizers", ["Buffers", "Optimizers"], exclude: ["Golden"]),
        tests("Accelerators", ["Buffers", "Optimizers", "Accelerators"], exclude: ["Golden"]),
        tests("Convex", ["Buffers", "Accelerators", "Convex"]),
        tests("Checkpoints", ["Buffers", "Tensors", "Optimizers", "Accelerators", "Checkpoints"]),
        tests(
            "PluginLoader",
            ["CSlipstream", "CTestPlugins", "Buffers", "Optimizers", "Accelerators", "PluginLoader"]),
        tests(
            "ONNXBridge", ["Buffers", "Tensors", "Graphs", "Layers", "ONNXBridge", "Vectorized", "OpenBLAS"],
            exclude: ["Golden"]),
        tests(
            "Training",
            [
                "Buffers", "Tensors", "Graphs", "Layers", "Datasets", "Optimizers", "Accelerators", "Training",
                "Vectorized", "OpenBLAS", "OneDNN", "CAllocations",
            ]),
    ] + copying,
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx17
)
