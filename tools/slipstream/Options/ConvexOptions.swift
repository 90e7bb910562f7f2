import ArgumentParser
import Slipstream

/// What is minimised.
struct ConvexProblemOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Data set: madelon:DIR; /train or /valid may follow the name.", valueName: "data"))
    var data: String

    @Option(help: ArgumentHelp("What a prediction costs: logistic or squared.", valueName: "name"))
    var loss = Loss.logistic

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The ratio L/μ of the curvatures, which determines the L2 regularization. (default: 1000000)",
            valueName: "x"))
    var conditionNumber: Double?

    @Option(
        name: .customLong("l2"), parsing: .unconditional,
        help: ArgumentHelp("The L2 regularization itself, instead.", valueName: "x"))
    var regularization: Double?

    func validate() throws {
        guard conditionNumber == nil || regularization == nil else {
            throw ValidationError("--condition-number and --l2 exclude each other")
        }
        _ = try source()
        if let conditionNumber, !(conditionNumber > 1 && conditionNumber.isFinite) {
            throw ValidationError("--condition-number is \(conditionNumber), but must be a finite number above 1")
        }
        if let regularization, !(regularization >= 0 && regularization.isFinite) {
            throw ValidationError("--l2 is \(regularization), but must be a finite number of at least 0")
        }
    }

    /// The folder and the part of the data set.
    private func source() throws -> (folder: String, part: Madelon.Part) {
        let parts = data.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty, name[0] == "madelon", name.count <= 2,
            let part = name.count == 2 ? Madelon.Part(rawValue: name[1]) : .train
        else {
            throw ValidationError(
                "--data: '\(data)' is no data set for this command; write madelon:DIR, madelon/train:DIR or "
                    + "madelon/valid:DIR")
        }
        return (parts[1], part)
    }

    /// Reads the data and sets up the objective.
    func objective(_ workers: Workers) throws -> LinearModel {
        let (folder, part) = try source()
        let madelon = try Madelon.read(folder, part: part)
        if let regularization {
            return try LinearModel(
                madelon.features, targets: madelon.labels, loss: loss, regularization: regularization,
                workers: workers)
        }
        return try LinearModel(
            madelon.features, targets: madelon.labels, loss: loss, conditionNumber: conditionNumber ?? 1e6,
            workers: workers)
    }
}

/// What minimises it.
struct ConvexMethodOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Methods, separated by commas: \(ConvexMethodTable.bases.listed), each alone or followed by "
                + "+\(ConvexMethodTable.accelerations.joined(separator: ", +")).", valueName: "names"))
    var methods = "gd,nesterov,lbfgs,saga,svrg,gd+rna-offline,gd+rna-guarded,gd+rna-adaptive,nesterov+rna-guarded"

    @Option(
        help: ArgumentHelp("gd, nesterov: fixed steps of 1/L, or backtracking. (default: fixed)", valueName: "rule"))
    var step: StepRule?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("lbfgs: how many steps are remembered. (default: 10)", valueName: "n"))
    var memory: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("rna: how many points are combined. (default: 10)", valueName: "n"))
    var rnaWindow: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("rna: the regularization λ, but for rna-adaptive. (default: 1e-12)", valueName: "x"))
    var rnaRegularization: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: where between the earlier points (0) and the later ones (1) the result lies. (default: 1)",
            valueName: "x"))
    var rnaRelaxation: Double?

    @Option(
        help: ArgumentHelp(
            "rna-adaptive: the regularizations tried, logarithmic or singular-values. (default: logarithmic)",
            valueName: "grid"))
    var rnaGrid: RNAGrid?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("saga, svrg: determines the order of the rows. (default: 0)", valueName: "n"))
    var seed: UInt64?

    private var names: [String] { methods.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

    func validate() throws {
        let names = self.names
        func need(_ option: String, _ isGiven: Bool, _ what: String, _ isUsed: (String) -> Bool) throws {
            guard !isGiven || names.contains(where: isUsed) else {
                throw ValidationError("\(option) needs a method of --methods that uses it: \(what)")
            }
        }
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw ValidationError("--methods: '\(twice)' stands there twice")
        }
        do { _ = try make() } catch ConvexError.accelerator(.setting(let error)) {
            throw ValidationError(error.naming { "--rna-\($0)" })
        } catch let error as ConvexError {
            if case .badSetting = error { throw ValidationError("--\(error)") }
            throw ValidationError("--methods: \(error)")
        }
        try need("--step", step != nil, "gd or nesterov") { $0.hasPrefix("gd") || $0.hasPrefix("nesterov") }
        try need("--memory", memory != nil, "lbfgs") { $0.hasPrefix("lbfgs") }
        try need("--seed", seed != nil, "saga or svrg") { $0.hasPrefix("s") }
        try need("--rna-window", rnaWindow != nil, "one with +rna-…") { $0.contains("+rna") }
        try need("--rna-relaxation", rnaRelaxation != nil, "one with +rna-…") { $0.contains("+rna") }
        try need("--rna-regularization", rnaRegularization != nil, "one with +rna-…, but for +rna-adaptive") {
            $0.contains("+rna") && !$0.hasSuffix("adaptive")
        }
        try need("--rna-grid", rnaGrid != nil, "one with +rna-adaptive") { $0.hasSuffix("+rna-adaptive") }
    }

    /// The methods.
    func make() throws -> [any ConvexMethod] {
        let settings = try settings()
        return try names.map { try ConvexMethodTable.make($0, settings) }
    }

    /// What the methods share, with every default filled in.
    func settings() throws -> ConvexMethodSettings {
        var settings = try ConvexMethodSettings()
        settings.step = step ?? settings.step
        settings.memory = memory ?? settings.memory
        settings.seed = seed ?? settings.seed
        settings.grid = rnaGrid ?? settings.grid
        let standard = settings.rna
        do {
            settings.rna = try RNA(
                window: rnaWindow ?? standard.window, regularization: rnaRegularization ?? standard.regularization,
                relaxation: rnaRelaxation ?? standard.relaxation)
        } catch { throw ConvexError.accelerator(.setting(error)) }
        return settings
    }
}

extension Loss: ExpressibleByArgument {}
extension StepRule: ExpressibleByArgument {}

extension RNAGrid: ExpressibleByArgument {
    /// The names on the command line.
    static let names: [(name: String, grid: RNAGrid)] = [
        ("logarithmic", .logarithmic), ("singular-values", .singularValues),
    ]

    public init?(argument: String) {
        guard let found = RNAGrid.names.first(where: { $0.name == argument }) else { return nil }
        self = found.grid
    }

    public static var allValueStrings: [String] { names.map(\.name) }
}
