import ArgumentParser
import Slipstream

/// How checkpoints are combined, and which of their tensors.
struct CheckpointOptions: ParsableArguments {
    /// How weights are found.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case rna
        case uniformAverage = "uniform-average"
        case exponentialAverage = "exponential-average"
    }

    @Option(help: ArgumentHelp("rna, uniform-average or exponential-average.", valueName: "name"))
    var method = Method.rna

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: the regularization λ, relative to the largest eigenvalue of the residuals' Gram matrix. "
                + "(default: \(RNA.regularization.standardText))", valueName: "x"))
    var regularization: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: where the result lies between the earlier checkpoints (0) and the later ones (1), up to 2. "
                + "(default: \(RNA.relaxation.standardText))", valueName: "x"))
    var relaxation: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "exponential-average: what a checkpoint counts relative to the next. "
                + "(default: \(ExponentialAverage.decay.standardText))", valueName: "x"))
    var decay: Double?

    @Option(
        help: ArgumentHelp(
            "rna: only tensors that match make residuals; '*' stands for any characters. (default: all)",
            valueName: "pattern"))
    var residual: [String] = []

    @Option(
        help: ArgumentHelp(
            "rna: tensors that match are combined, but make no residuals: running statistics, as '*running_*'.",
            valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Tensors that match are taken from the last checkpoint as they are, and may differ in the others.",
            valueName: "pattern"))
    var keep: [String] = []

    func validate() throws {
        let forRNA: [(String, Bool)] = [
            ("--regularization", regularization != nil), ("--relaxation", relaxation != nil),
            ("--residual", !residual.isEmpty), ("--exclude", !exclude.isEmpty),
        ]
        if method != .rna, let (name, _) = forRNA.first(where: { $0.1 }) {
            throw ValidationError("\(name) needs --method rna")
        }
        guard decay == nil || method == .exponentialAverage else {
            throw ValidationError("--decay needs --method exponential-average")
        }
        for (name, patterns) in [("--residual", residual), ("--exclude", exclude), ("--keep", keep)]
        where patterns.contains("") {
            throw ValidationError("\(name) is empty, but must be a pattern")
        }
        do { _ = try settings() } catch let error as SettingError {
            throw ValidationError(error.naming { "--\($0)" })
        }
    }

    /// The method with its settings.
    func settings() throws -> CheckpointMethod {
        switch method {
        case .rna:
            .rna(
                try RNA(
                    regularization: regularization ?? RNA.regularization.standard,
                    relaxation: relaxation ?? RNA.relaxation.standard))
        case .uniformAverage: .uniformAverage
        case .exponentialAverage:
            .exponentialAverage(try ExponentialAverage(decay: decay ?? ExponentialAverage.decay.standard))
        }
    }

    /// Which tensors are combined.
    var selection: CheckpointSelection { CheckpointSelection(residual: residual, excluded: exclude, kept: keep) }
}
