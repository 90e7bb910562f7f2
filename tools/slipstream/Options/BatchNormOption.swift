import ArgumentParser

/// `--batch-norm`: what training does with batch normalisation's running statistics.
struct BatchNormOption: ParsableArguments {
    /// What becomes of the statistics.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        /// Each batch is normalised with its own, and the running ones follow.
        case train
        /// The running ones of the file are used, and stay.
        case frozen
    }

    @Option(
        help: ArgumentHelp(
            "Batch normalisation's statistics: train normalises each batch with its own and lets the running ones follow, "
                + "frozen uses the file's and keeps them, for small batches; scales and shifts are trained either way.",
            valueName: "how"))
    var batchNorm = Mode.train
}
