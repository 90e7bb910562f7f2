import ArgumentParser
import Slipstream

/// `slipstream new`
struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a new network with random weights as an ONNX file.",
        usage: """
            slipstream new <architecture> --input <CxHxW> --classes <n>
                   --output <file> [<options>]
            """,
        discussion: Architecture.all.map { "  \($0.name.padded(nameWidth))\($0.summary)" }.joined(separator: "\n"))

    private static let nameWidth = 2 + (Architecture.all.map(\.name.count).max() ?? 0)

    @Argument(help: "One of the networks above.")
    var architecture: String

    @Option(help: ArgumentHelp("The images' channels, height and width, as 3x32x32.", valueName: "CxHxW"))
    var input: String

    @Option(parsing: .unconditional, help: ArgumentHelp("The number of classes.", valueName: "n"))
    var classes: Int

    @Option(parsing: .unconditional, help: ArgumentHelp("Determines the weights.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The version of ONNX's operators, from \(ModelWriter.opsets.lowerBound) to \(ModelWriter.opsets.upperBound).",
            valueName: "n"))
    var opset = ModelWriter.opset

    @Option(help: Initialization.help)
    var initialization = "standard"

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func validate() throws {
        do { _ = try Architecture.named(architecture) } catch { throw ValidationError("\(error)") }
        guard (1...1_000_000).contains(classes) else {
            throw ValidationError("--classes is \(classes), but must be from 1 to 1000000")
        }
        guard ModelWriter.opsets.contains(opset) else {
            throw ValidationError(
                "--opset is \(opset), but must be from \(ModelWriter.opsets.lowerBound) to \(ModelWriter.opsets.upperBound)"
            )
        }
        _ = try (shape(), Initialization(initialization))
    }

    func run() throws {
        let kind = try Architecture.named(architecture)
        try ModelWriter.check(parameters: kind.graph(input: shape(), classes: classes).parameterLayout().count)
        let standard = try kind.network(input: shape(), classes: classes, seed: seed)
        let network = try Initialization(initialization).apply(to: standard, seed: seed)
        let bytes = try ModelWriter.bytes(of: network.graph, parameters: network.parameters, opset: opset)
        if case .invalid(let reason) = ONNXChecker.check(bytes) {
            throw ONNXError.invalidEdit(reason: "libonnx refuses the new model: \(reason)")
        }
        try AtomicFile.write(bytes, to: output)
        try Terminal.say("\(output): \(architecture), \(network.parameters.layout.trainableCount) trainable parameters")
    }

    private func shape() throws -> [Int] {
        let parts = input.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, parts.allSatisfy({ $0.map { (1...65_536).contains($0) } ?? false }) else {
            throw ValidationError(
                "--input is '\(input)', but must be channels x height x width, each from 1 to 65536, as 3x32x32")
        }
        return parts.compactMap { $0 }
    }
}
