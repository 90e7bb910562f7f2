import ArgumentParser
import Slipstream

/// `slipstream evaluate`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a network's loss and accuracy on a data set.",
        usage: "slipstream evaluate --model <file> --data <data> [<options>]")

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var dimensions: BatchOption
    @OptionGroup var engine: EngineOptions

    func validate() throws { _ = try DataArgument.parse(data, option: "--data") }

    func run() throws {
        let network = try ModelFile.read(model, batch: dimensions.dimension()).network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .test)
        let classifier = try Classifier(
            network.graph, imageShape: dataset.imageShape.dimensions, compiler: engine.compiler())
        let result = try Evaluator(classifier, dataset).evaluate(network.parameters.values)
        let text =
            "\(dataset.name): accuracy \(Figures.percent(result.accuracy)), loss \(Figures.loss(result.loss)), "
            + "\(result.images) images"
        try Terminal.say(json ? JSONText.line(result) : text)
    }
}
