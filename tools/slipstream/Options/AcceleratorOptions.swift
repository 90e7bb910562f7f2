import ArgumentParser
import Slipstream

/// How the run's weights are extrapolated.
struct AcceleratorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What combines the weights of the last epochs: none, rna (regularized nonlinear acceleration), or, to compare "
                + "with, \(AcceleratorTable.names.filter { $0 != RNA.name }.listed).", valueName: "name"))
    var accelerator = "none"

    @Option(
        name: .customLong("accelerator-set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting of the accelerator by its name; 'slipstream plugins <accelerator>' lists them. May be given several "
                + "times.", valueName: "name=x"))
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp("Any accelerator: what --rna-mode is for rna. (default: offline)", valueName: "mode"))
    var acceleratorMode: AccelerationMode?

    @Option(
        help: ArgumentHelp("Any accelerator: what --rna-guard is for rna. (default: validation)", valueName: "data"))
    var acceleratorGuard: AccelerationSettings.Guard?

    @Option(
        help: ArgumentHelp(
            "Any accelerator: what --rna-statistics is for rna. (default: extrapolate)", valueName: "how"))
    var acceleratorStatistics: AccelerationSettings.Statistics?

    @Option(
        help: ArgumentHelp(
            "rna: offline only measures the extrapolated network, online goes on from it, restart does so whenever the "
                + "window is full. (default: offline)", valueName: "mode"))
    var rnaMode: AccelerationMode?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: how many epochs are combined. (default: \(RNA.window.standardText))", valueName: "n"))
    var rnaWindow: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: the regularization λ, relative to the largest eigenvalue of the residuals' Gram matrix. "
                + "(default: \(RNA.regularization.standardText))", valueName: "x"))
    var rnaRegularization: Double?

    @Option(
        help: ArgumentHelp(
            "rna: adaptive regularization: try a grid of λ, logarithmic or singular-values, and take what the guard finds "
                + "best. (default: none)", valueName: "grid"))
    var rnaGrid: RNAGrid?

    @Flag(help: "rna: with a grid, do not try longer steps along the extrapolation.")
    var rnaNoStepSearch = false

    @Option(
        help: ArgumentHelp(
            "rna: what residuals are: differences of the epochs' weights, or gradients, the epochs' mean gradients. "
                + "(default: differences)", valueName: "kind"))
    var rnaResiduals: Residuals?

    @Option(
        help: ArgumentHelp(
            "rna: which points are combined, later (where epochs ended) or earlier (where they began). (default: later)",
            valueName: "which"))
    var rnaMixing: Mixing?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: where between earlier points (0) and later ones (1) the result lies, up to 2, instead of --rna-mixing.",
            valueName: "x"))
    var rnaRelaxation: Double?

    @Option(
        help: ArgumentHelp(
            "rna: whose loss decides whether a proposal is taken: validation, training, or none, which takes all. "
                + "(default: validation)", valueName: "data"))
    var rnaGuard: AccelerationSettings.Guard?

    @Option(
        help: ArgumentHelp(
            "rna: batch normalisation's statistics: extrapolate them, or reestimate them in a pass over the training "
                + "data. (default: extrapolate)", valueName: "how"))
    var rnaStatistics: AccelerationSettings.Statistics?

    @OptionGroup var average: AverageOptions

    /// What residuals are.
    enum Residuals: String, ExpressibleByArgument, CaseIterable {
        case differences, gradients
    }

    /// Which points are combined.
    enum Mixing: String, ExpressibleByArgument, CaseIterable {
        case later, earlier
    }

    /// The options of rna that were given.
    private var given: [String] {
        let options: [(name: String, isGiven: Bool)] = [
            ("mode", rnaMode != nil), ("window", rnaWindow != nil), ("regularization", rnaRegularization != nil),
            ("grid", rnaGrid != nil), ("no-step-search", rnaNoStepSearch), ("residuals", rnaResiduals != nil),
            ("mixing", rnaMixing != nil), ("relaxation", rnaRelaxation != nil), ("guard", rnaGuard != nil),
            ("statistics", rnaStatistics != nil),
        ]
        return options.filter(\.isGiven).map(\.name)
    }

    func validate() throws {
        guard accelerator == RNA.name || given.isEmpty else {
            throw ValidationError("options that begin with --rna need --accelerator rna")
        }
        try average.check(accelerator)
        try checkGeneralOptions()
        guard rnaMixing == nil || rnaRelaxation == nil else {
            throw ValidationError("--rna-mixing and --rna-relaxation exclude each other")
        }
        guard rnaGrid == nil || rnaRegularization == nil else {
            throw ValidationError("--rna-grid and --rna-regularization exclude each other")
        }
        guard rnaGrid != nil || !rnaNoStepSearch else { throw ValidationError("--rna-no-step-search needs --rna-grid") }
        guard rnaGrid == nil || guarding != AccelerationSettings.Guard.none else {
            throw ValidationError("--rna-grid needs a guard, validation or training, to choose by")
        }
        do { _ = try acceleration() } catch AcceleratorError.setting(let error) {
            let assigned = try Assignments(assignments, option: "--accelerator-set")
            throw ValidationError(assigned.describe(error, owners: owners, other: { $0.naming(option) }))
        } catch AcceleratorError.unknownAccelerator(let name, let known) {
            let error = AcceleratorError.unknownAccelerator(name: name, known: ["none"] + known)
            throw ValidationError("--accelerator: \(error)\(PluginOptions.hint)")
        }
    }

    /// The other accelerators that have a setting of a name.
    private func owners(_ setting: String) -> [String] {
        AcceleratorTable.names.filter { name in
            (try? AcceleratorTable.find(name).settings.contains { $0.name == setting }) == true
        }
    }

    private func checkGeneralOptions() throws {
        let general: [(option: String, isGiven: Bool, isGivenForRNA: Bool)] = [
            ("mode", acceleratorMode != nil, rnaMode != nil), ("guard", acceleratorGuard != nil, rnaGuard != nil),
            ("statistics", acceleratorStatistics != nil, rnaStatistics != nil),
            ("set", !assignments.isEmpty, false),
        ]
        for (option, isGiven, isGivenForRNA) in general where isGiven {
            guard accelerator != "none" else {
                throw ValidationError("--accelerator-\(option) needs an --accelerator")
            }
            guard !isGivenForRNA else {
                throw ValidationError("--accelerator-\(option) and --rna-\(option) are the same: give one of them")
            }
        }
    }

    /// The option of a setting that has one of its own.
    private func option(_ setting: String) -> String { "--\(accelerator == RNA.name ? "rna" : "average")-\(setting)" }

    private var guarding: AccelerationSettings.Guard? { rnaGuard ?? acceleratorGuard }

    /// The acceleration; `nil` for none.
    func acceleration() throws -> AccelerationSettings? {
        guard accelerator != "none" else { return nil }
        var settings = average.given
        if let rnaWindow { settings[RNA.window.name] = Double(rnaWindow) }
        settings[RNA.regularization.name] = rnaRegularization
        settings[RNA.relaxation.name] = rnaRelaxation ?? rnaMixing.map { $0 == .later ? 1 : 0 }
        settings[RNA.gradientResiduals.name] = rnaResiduals.map { $0 == .gradients ? 1 : 0 }
        settings[RNA.grid.name] = rnaGrid.map { Double($0.rawValue) }
        if rnaNoStepSearch { settings[RNA.stepSearch.name] = 0 }
        let values = try Assignments(assignments, option: "--accelerator-set").merging(settings, option: option)
        return AccelerationSettings(
            try AcceleratorTable.make(accelerator, settings: values), mode: rnaMode ?? acceleratorMode ?? .offline,
            guarding: guarding ?? .validation,
            statistics: rnaStatistics ?? acceleratorStatistics ?? .extrapolate)
    }
}

extension AccelerationMode: ExpressibleByArgument {}
extension AccelerationSettings.Guard: ExpressibleByArgument {}
extension AccelerationSettings.Statistics: ExpressibleByArgument {}
