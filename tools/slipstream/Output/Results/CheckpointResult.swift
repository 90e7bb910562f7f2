import Slipstream

/// What `slipstream extrapolate` did.
struct CheckpointResult: Encodable {
    /// A checkpoint and what it counts.
    struct Share: Encodable {
        let file: String
        let weight: Double
    }

    let output: String
    let method: String
    let weights: [Share]
    let conditionNumber: Double?
    let rejection: String?
    let tensors: Int
    let elements: Int
    let taken: [String]
    /// From the opening of the first file until the result was on disk.
    let seconds: Double

    private enum CodingKeys: String, CodingKey {
        case output, method, weights
        case conditionNumber = "condition_number"
        case rejection, tensors, elements, taken, seconds
    }

    /// - Parameter weights: what each file counts; nil where the last one was copied.
    init(
        output: String, method: String, files: [String], weights: PointWeights?, conditionNumber: Double?,
        rejection: Rejection?, tensors: Int, elements: Int, taken: [String], seconds: Double
    ) {
        self.output = output
        self.method = method
        let values = weights?.values ?? files.indices.map { $0 == files.count - 1 ? 1 : 0 }
        self.weights = zip(files, values).map { Share(file: $0, weight: $1) }
        self.conditionNumber = conditionNumber
        self.rejection = rejection?.rawValue
        self.tensors = tensors
        self.elements = elements
        self.taken = taken
        self.seconds = seconds
    }

    /// The same for a person.
    var text: String {
        let last = weights.last?.file ?? ""
        let what =
            rejection == nil
            ? "\(method) of \(weights.count) checkpoints, \(tensors) tensors, \(elements) numbers" : "a copy of \(last)"
        var lines = ["\(output): \(what)"]
        if let conditionNumber { lines.append("condition number  \(Figures.significant(conditionNumber))") }
        if !taken.isEmpty, rejection == nil {
            let names = taken.prefix(4).joined(separator: ", ") + (taken.count > 4 ? ", …" : "")
            lines.append("from \(last): \(taken.count) \(taken.count == 1 ? "tensor" : "tensors") (\(names))")
        }
        let width = 2 + (weights.map(\.file.count).max() ?? 0)
        for share in weights {
            lines.append(share.file.padded(width) + Figures.significant(share.weight).leftPadded(12))
        }
        return lines.joined(separator: "\n")
    }
}
