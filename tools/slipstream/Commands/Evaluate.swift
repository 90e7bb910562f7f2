import ArgumentParser
import Foundation
import Slipstream

/// `slipstream evaluate`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure a network's loss and accuracy on a data set.")

    @Option(help: "The ONNX file.")
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var engine: EngineOptions

    func validate() throws { _ = try DataArgument.parse(data, option: "--data") }

    func run() throws {
        let network = try ModelFile.read(model).network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .test)
        let classifier = try Classifier(
            network.graph, imageShape: dataset.imageShape.dimensions, compiler: engine.compiler())
        let result = try Evaluator(classifier, dataset).evaluate(network.parameters.values)
        if json { return print(try JSONText.line(result)) }
        let percent = String(format: "%.2f %%", 100 * result.accuracy)
        let loss = String(format: "%.4f", result.loss)
        print("\(dataset.name): accuracy \(percent), loss \(loss), \(result.images) images")
    }
}
