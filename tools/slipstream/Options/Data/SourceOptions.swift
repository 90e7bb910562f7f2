import ArgumentParser
import Slipstream

/// What is trained, on what, and measured on what.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ONNX file to train.", valueName: "file"))
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Option(
        help: ArgumentHelp(
            "Data set to measure both networks on after every epoch. (default: the whole test split of --data; of npz, "
                + "which has none, the training images)",
            valueName: "data"))
    var validation: String?

    func validate() throws { _ = try (training(), measured()) }

    /// The data to train on: the training split unless another was asked for.
    func training() throws -> DatasetSpecification {
        try DataArgument.parse(data, option: "--data").defaulting(to: .train)
    }

    /// What somebody should know of the data before training; `nil` if there is nothing.
    var remark: String? {
        get throws {
            guard validation == nil, try !training().hasSplits else { return nil }
            return "the networks are measured, and the best one is chosen, on the images that they are trained on: "
                + "--validation names others"
        }
    }

    /// The data to measure on: the test split unless another was asked for.
    func measured() throws -> DatasetSpecification {
        if let validation { return try DataArgument.parse(validation, option: "--validation").defaulting(to: .test) }
        var source = try training()
        source.split = .test
        source.rows = nil
        return source
    }
}
