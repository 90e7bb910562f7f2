import ArgumentParser
import Slipstream

/// `slipstream spectrum`
struct SpectrumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectrum",
        abstract: "Measure the extreme eigenvalues of the training loss's Hessian.",
        usage: "slipstream spectrum --model <file> --data <data> [<options>]",
        discussion: """
            Lanczos's method on products of the Hessian with vectors, from two gradients each, on a fixed sample of the \
            training data. 1/λmax is the greatest learning rate at which plain gradient descent does not diverge, over 2.
            """)

    /// What is printed with `--json`.
    private struct Result: Encodable {
        let smallest: Double
        let largest: Double
        let error: Double
        let products: Int
        let images: Int
    }

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Option(parsing: .unconditional, help: ArgumentHelp("How many images to take.", valueName: "n"))
    var images = 1024

    @Option(parsing: .unconditional, help: ArgumentHelp("How many products to take at most.", valueName: "n"))
    var steps = 60

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The error at which to stop, relative to the largest eigenvalue.", valueName: "x"))
    var tolerance = 0.001

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Determines which images, and the first vector.", valueName: "n"))
    var seed: UInt64 = 0

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        _ = try DataArgument.parse(data, option: "--data")
        guard images >= 1 else { throw ValidationError("--images is \(images), but must be at least 1") }
        guard (1...10_000).contains(steps) else {
            throw ValidationError("--steps is \(steps), but must be from 1 to 10000")
        }
        guard tolerance.isFinite, tolerance >= 0 else {
            throw ValidationError("--tolerance is \(tolerance), but must be a finite number of at least 0")
        }
    }

    func run() throws {
        let network = try ModelFile.read(model, showsRemarks: true).network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .train)
        let loss = try SampledLoss(
            network, dataset, images: images, seed: seed, workers: engine.workers, backends: engine.backends())
        let found = try loss.spectrum(
            at: network.parameters, Lanczos(steps: steps, tolerance: tolerance, seed: seed))
        guard !json else {
            let result = Result(
                smallest: found.smallest, largest: found.largest, error: found.error, products: found.products,
                images: loss.images)
            return try Terminal.say(JSONText.line(result))
        }
        try Terminal.say(
            """
            λmin    \(Figures.significant(found.smallest))
            λmax    \(Figures.significant(found.largest))
            error   \(Figures.significant(found.error)) at most, after \(found.products) products on \(loss.images) images
            """)
    }
}
