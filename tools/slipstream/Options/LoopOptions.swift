import ArgumentParser
import Slipstream

/// How long a run is, and in what order it sees the images.
struct LoopOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Passes over the training data.", valueName: "n"))
    var epochs: Int

    @Option(parsing: .unconditional, help: ArgumentHelp("Images a step.", valueName: "n"))
    var batchSize: Int

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps that each batch serves before the next one comes (minibatch persistency); 2 may pay at batches of 256 "
                + "and more.", valueName: "n"))
    var persistency = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Determines the order of the images, how they are augmented, and what dropout leaves out.", valueName: "n"))
    var seed: UInt64 = 0

    func validate() throws {
        guard (1...1_000_000).contains(epochs) else {
            throw ValidationError("--epochs is \(epochs), but must be from 1 to 1000000")
        }
        guard batchSize >= 1 else { throw ValidationError("--batch-size is \(batchSize), but must be at least 1") }
        guard (1...1_000_000).contains(persistency) else {
            throw ValidationError("--persistency is \(persistency), but must be from 1 to 1000000")
        }
    }
}
