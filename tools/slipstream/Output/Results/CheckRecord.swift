import Slipstream

/// A line of `slipstream check`: an output, or a file that cannot be compared.
struct CheckRecord: Encodable {
    let model: String
    var error: String?
    var dataSet: String?
    var comparison: ModelCheck.Comparison?

    init(model: String, error: String) {
        self.model = model
        self.error = error
    }

    init(model: String, dataSet: String, _ comparison: ModelCheck.Comparison) {
        self.model = model
        self.dataSet = dataSet
        self.comparison = comparison
    }

    private enum CodingKeys: String, CodingKey {
        case model, error, passed, output, elements, misses, fault
        case dataSet = "data_set"
        case largestError = "largest_error"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encodeIfPresent(error, forKey: .error)
        guard let comparison else { return try container.encode(false, forKey: .passed) }
        try container.encodeIfPresent(dataSet, forKey: .dataSet)
        try container.encode(comparison.output, forKey: .output)
        try container.encode(comparison.isPassed, forKey: .passed)
        try container.encode(comparison.elements, forKey: .elements)
        try container.encode(comparison.misses, forKey: .misses)
        try container.encode(comparison.largestError, forKey: .largestError)
        try container.encodeIfPresent(comparison.fault, forKey: .fault)
    }

    /// The line for a person.
    var text: String {
        guard let comparison, let dataSet else { return "\(model): \(error ?? "")" }
        let verdict: String
        if let fault = comparison.fault {
            verdict = "MISSES: \(fault)"
        } else {
            let words =
                "largest error \(Figures.significant(comparison.largestError)) in \(comparison.elements) elements"
            verdict = comparison.isPassed ? "passes, \(words)" : "MISSES, \(comparison.misses) too far off, \(words)"
        }
        return "\(model): \(dataSet), \(comparison.output): \(verdict)"
    }
}
