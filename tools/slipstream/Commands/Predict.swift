import ArgumentParser
import Slipstream

/// `slipstream predict`
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a network's logits on a data set as a NumPy array, images x classes, float32.",
        usage: """
            slipstream predict --model <file> --data <data> --output <file>
                   [<options>]
            """)

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The .npy file to write.", valueName: "file"))
    var output: String

    @OptionGroup var dimensions: BatchOption
    @OptionGroup var engine: EngineOptions

    func validate() throws { _ = try DataArgument.parse(data, option: "--data") }

    func run() throws {
        let network = try ModelFile.read(model, batch: dimensions.dimension()).network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .test)
        let classifier = try Classifier(
            network.graph, imageShape: dataset.imageShape.dimensions, compiler: engine.compiler())
        let logits = try Evaluator(classifier, dataset, checksLabels: false).predict(network.parameters.values)
        try NPY.write(logits, to: output)
        try Terminal.say("\(output): float32 logits, \(logits.shape[0]) images x \(logits.shape[1]) classes")
    }
}
