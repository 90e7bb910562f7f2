import Slipstream

/// A model that has been prepared as the options say.
struct FineTuning {
    /// The model, perhaps with a new classifier, and with its frozen parameters as constants.
    let model: ImportedModel
    /// Factors of the learning rate by the names of parameters.
    let multipliers: [String: Double]
    /// What a run that goes on has to agree on.
    let preparation: [String: String]
    /// What was done, in lines for a person.
    let lines: [String]
    /// What a person should know before, in sentences.
    let notes: [String]

    /// Reads a model and prepares it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - options: what to freeze and to replace.
    ///   - batch: another batch size than the file's; `nil` leaves it.
    ///   - batchNorm: what becomes of running statistics.
    ///   - seed: determines the weights of a new classifier.
    /// - Throws: ``ModelFileError`` if it cannot be read, or has no classifier to replace; ``FineTuningOptionError`` for a
    ///   pattern that matches nothing, or if nothing is left to train.
    init(
        _ path: String, _ options: FineTuningOptions, batch: Dimension? = nil, batchNorm: BatchNormOption.Mode = .train,
        seed: UInt64
    ) throws {
        var lines: [String] = []
        var notes: [String] = []
        var preparation: [String: String] = [:]
        var source = try ModelFile.open(path, batch: batch)
        var head: ClassifierHead?
        if let classes = options.replaceHead {
            do {
                let found = try ClassifierHead(of: source)
                source = try found.replaced(classes: classes, seed: seed)
                lines.append(Self.line(found, classes: classes))
                if !found.otherOutputs.isEmpty {
                    notes.append("other outputs keep what they are: \(found.otherOutputs.quoted)")
                }
                head = found
            } catch { throw ModelFileError(path: path, cause: error) }
            preparation["classifier"] = "replaced by one of \(classes) classes"
        }
        let all = source.parameters
        let names = ParameterNames(all, head: head?.parameters ?? [], path: path)
        let frozen = try names.frozen(options.patterns())
        do {
            model = try ImportedModel(source, freezing: frozen, freezesStatistics: batchNorm == .frozen)
            if let head, let classes = options.replaceHead { try head.check(model, classes: classes) }
        } catch { throw ModelFileError(path: path, cause: error) }
        multipliers = try names.multipliers(options.multipliers(), frozen: frozen)
        if batchNorm != .train { preparation["batch normalisation's statistics"] = batchNorm.rawValue }
        if let batch { preparation["model's batch size"] = batch.size.map { "\($0)" } ?? "open" }
        if !options.freeze.isEmpty {
            preparation["frozen parameters"] = options.freeze.joined(separator: " ")
            lines.append(Self.line(all.filter(\.kind.isTrainable), frozen: frozen))
        }
        for factor in Set(multipliers.values).sorted() {
            let count = multipliers.values.count { $0 == factor }
            lines.append("learning rate x \(Figures.setting(factor)): \(count) tensor\(count == 1 ? "" : "s")")
        }
        self.preparation = preparation
        self.lines = lines
        self.notes = notes + ModelFile.remarks(on: model)
    }

    /// Says what was done.
    func report() throws {
        for note in notes { Terminal.complain("note: \(note)") }
        for line in lines { try Terminal.say(line) }
    }

    private static func line(_ head: ClassifierHead, classes: Int) -> String {
        func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " x ") }
        let bias = head.bias.map { ", \($0) \(head.classes) -> \(classes)" } ?? ""
        return "new classifier: '\(head.node)' (\(head.operation)): \(head.weight) \(shape(head.weightShape)) -> "
            + shape(head.weightShape(classes: classes)) + bias
    }

    private static func line(_ all: [ModelParameter], frozen: Set<String>) -> String {
        let held = all.filter { frozen.contains($0.name) }
        let total = all.reduce(0) { $0 + $1.count }
        let parameters = Figures.counts(held.reduce(0) { $0 + $1.count }, of: total)
        return "frozen: \(held.count) of \(all.count) tensors, \(parameters) parameters"
    }
}

/// The names that patterns are matched against.
struct ParameterNames {
    private let trained: [String]
    private let statistics: [String]
    private let head: Set<String>
    private let path: String

    init(_ parameters: [ModelParameter], head: [String], path: String) {
        trained = parameters.filter(\.kind.isTrainable).map(\.name)
        statistics = parameters.filter { !$0.kind.isTrainable }.map(\.name)
        self.head = Set(head)
        self.path = path
    }

    /// The names that patterns freeze; a new classifier's are never among them.
    func frozen(_ patterns: [NamePattern]) throws -> Set<String> {
        var frozen: Set<String> = []
        for pattern in patterns {
            let names = try select(pattern, from: trained, option: "--freeze")
            let rest = names.filter { !head.contains($0) }
            guard !rest.isEmpty else {
                throw FineTuningOptionError(
                    text: "--freeze: '\(pattern)' matches the new classifier only, which is trained always")
            }
            frozen.formUnion(rest)
        }
        guard frozen.count < trained.count || frozen.isEmpty else {
            throw FineTuningOptionError(
                text: "--freeze leaves nothing to train: all \(trained.count) parameters of \(path) match")
        }
        return frozen
    }

    /// The factors of names; of several patterns that match one, the last counts.
    func multipliers(
        _ patterns: [(pattern: NamePattern, factor: Double)], frozen: Set<String>
    ) throws -> [String: Double] {
        let option = "--learning-rate-multiplier"
        var factors: [String: Double] = [:]
        for (pattern, factor) in patterns {
            let names = try select(pattern, from: trained, option: option)
            let rest = names.filter { !frozen.contains($0) }
            guard !rest.isEmpty else {
                throw FineTuningOptionError(text: "\(option): all that '\(pattern)' matches is frozen")
            }
            for name in rest { factors[name] = factor }
        }
        return factors
    }

    private func select(_ pattern: NamePattern, from names: [String], option: String) throws -> [String] {
        do { return try pattern.selection(from: names) } catch {
            guard !statistics.contains(where: pattern.matches) else {
                throw FineTuningOptionError(
                    text:
                        "\(option): '\(pattern)' matches running statistics only, which no optimizer trains: they follow "
                        + "the batches, also where the weights before them are frozen, unless --batch-norm is frozen")
            }
            throw FineTuningOptionError(
                text: "\(option): \(error) ('slipstream inspect \(path) --parameters' lists them)")
        }
    }
}

/// An option that does not fit the model.
struct FineTuningOptionError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

extension [String] {
    /// The words in quotation marks, with commas in between.
    var quoted: String { map { "'\($0)'" }.joined(separator: ", ") }
}
