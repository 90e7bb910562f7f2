import ArgumentParser
import Slipstream

/// `--batch`: another batch size than the one that a model's file fixes.
struct BatchOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Give the model another batch size than its file fixes: a number, or dynamic for one that may vary. Written "
                + "files have it too. (default: as in the file)", valueName: "n"))
    var batch: String?

    func validate() throws { _ = try dimension() }

    /// The batch's dimension; `nil` leaves the model as it is.
    ///
    /// - Throws: a usage error that tells the valid forms.
    func dimension() throws -> Dimension? {
        guard let batch else { return nil }
        if batch == "dynamic" { return .symbolic("batch") }
        guard let size = Int(batch), ONNXModel.batchSizes.contains(size) else {
            throw ValidationError(
                "--batch is '\(batch)', but must be a number from \(ONNXModel.batchSizes.lowerBound) to "
                    + "\(ONNXModel.batchSizes.upperBound), or dynamic")
        }
        return .fixed(size)
    }
}
