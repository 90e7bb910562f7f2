import ArgumentParser
import Slipstream

/// `slipstream predict`
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write a network's results on a data set, as a rule logits, as a NumPy array: images x classes, float32.",
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

    func validate() throws {
        let specification = try DataArgument.parse(data, option: "--data")
        if let read = [model, specification.location].compactMap({ $0 }).first(where: { FilePath.isSame($0, output) }) {
            throw ValidationError("--output is '\(output)', which is read as '\(read)': give another file")
        }
    }

    func run() throws {
        let network = try ModelFile.read(model, batch: dimensions.dimension()).network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .test)
        let classifier = try Classifier(
            network.graph, imageShape: dataset.imageShape.dimensions, compiler: engine.compiler())
        let results = try Evaluator(classifier, dataset, checksLabels: false).predict(network.parameters.values)
        try NPY.write(results, to: output)
        let what = classifier.output.normalization.map { "results of \($0)" } ?? "logits"
        try Terminal.say("\(output): float32 \(what), \(results.shape[0]) images x \(results.shape[1]) classes")
    }
}
