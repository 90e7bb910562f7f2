import ArgumentParser
import Slipstream

/// `slipstream prune`
struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set the smallest weights of a network to zero.",
        usage: "slipstream prune --model <file> --sparsity <x> --output <file> [<options>]",
        discussion: """
            The second of three steps: train, prune, and train again with --freeze-zeros 0, which keeps the zeros. Only \
            filters and matrices are pruned.
            """)

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of weights that become zero, from 0 to 1.", valueName: "x"))
    var sparsity: Double

    @Flag(help: "The same share in every layer, not one threshold for all.")
    var perLayer = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func validate() throws { _ = try pruning() }

    func run() throws {
        let source = try ModelFile.read(model, showsRemarks: true)
        try pruning().prune(source.parameters)
        do { try source.write(source.parameters.values, to: output) } catch {
            throw ModelFileError(path: model, cause: error)
        }
        let sparsity = Sparsity(of: source.parameters)
        try Terminal.say("\(output): \(SparsityTable.total(sparsity))")
    }

    private func pruning() throws -> MagnitudePruning {
        do { return try MagnitudePruning(sparsity: sparsity, scope: perLayer ? .layer : .global) } catch {
            throw ValidationError("--\(error)")
        }
    }
}
