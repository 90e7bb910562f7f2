import Buffers

/// Factors of the learning rate for parts of θ: what fine-tuning gives layers that are to move less than others.
///
/// ```swift
/// let multipliers = try RateMultipliers(layout: layout, factors: ["conv1.weight": 0.1])
/// ```
///
/// A rule's step for a part is the one that it would take with η times the part's factor: a threshold or a decay that is
/// made of η follows. What the rule remembers does not depend on factors. Neighbouring parts with equal factors are one
/// range, so that rules stay passes over long pieces of a buffer.
public struct RateMultipliers: Sendable, Hashable {
    /// A range of θ's trainable part, and its factor.
    struct Run: Sendable, Hashable {
        let range: Range<Int>
        let factor: Double
    }

    /// The number of trainable elements that they are for.
    public let count: Int
    /// The runs, which cover the trainable part in order; neighbours differ.
    let runs: [Run]

    /// Gives parameters factors of their own.
    ///
    /// - Parameters:
    ///   - layout: which slice of θ is which tensor.
    ///   - factors: factors above 0 by the names of trainable tensors; all others have 1.
    /// - Throws: ``RateMultiplierError`` for a factor that is not a finite number above 0, or a name that is not one of the
    ///   layout's trainable tensors.
    public init(layout: ParameterLayout, factors: [String: Double]) throws(RateMultiplierError) {
        for (name, factor) in factors.sorted(by: { $0.key < $1.key }) {
            guard layout[name]?.kind.isTrainable == true else { throw .untrained(name: name) }
            try Self.check(factor, name: name)
        }
        var runs: [Run] = []
        for segment in layout.segments where segment.kind.isTrainable && segment.count > 0 {
            let factor = factors[segment.name] ?? 1
            if let last = runs.last, last.factor == factor {
                runs[runs.count - 1] = Run(range: last.range.lowerBound..<segment.range.upperBound, factor: factor)
            } else {
                runs.append(Run(range: segment.range, factor: factor))
            }
        }
        self.runs = runs
        count = layout.trainableCount
    }

    /// The factor of an element of θ's trainable part.
    public subscript(index: Int) -> Double { runs.first { $0.range.contains(index) }?.factor ?? 1 }

    /// Checks a factor for what is called `name`.
    ///
    /// - Throws: ``RateMultiplierError/badFactor(name:factor:)`` unless it is a finite number above 0.
    public static func check(_ factor: Double, name: String) throws(RateMultiplierError) {
        guard factor.isFinite, factor > 0 else { throw .badFactor(name: name, factor: "\(factor)") }
    }
}

/// Factors of the learning rate that cannot be used.
public enum RateMultiplierError: Error, Equatable, CustomStringConvertible {
    /// A factor that is no finite number above 0.
    case badFactor(name: String, factor: String)
    /// A factor for something that is not trained.
    case untrained(name: String)
    /// A rule whose steps do not scale part by part.
    case unsupported(rule: String, reason: String)

    public var description: String {
        switch self {
        case .badFactor(let name, let factor):
            "the learning-rate multiplier of '\(name)' is \(factor), but must be a finite number above 0; what is not to be "
                + "trained at all is frozen"
        case .untrained(let name): "'\(name)' has a learning-rate multiplier, but is not trained"
        case .unsupported(let rule, let reason): "learning-rate multipliers are not for \(rule): \(reason)"
        }
    }
}

extension Updates {
    /// Calls `body` for the parts of a range that have the same factor; without multipliers, for the range itself with 1.
    @inline(__always)
    static func forEachRun(
        of multipliers: RateMultipliers?, in range: Range<Int>, _ body: (_ range: Range<Int>, _ factor: Double) -> Void
    ) {
        guard let multipliers else { return body(range, 1) }
        for run in multipliers.runs {
            let part = run.range.clamped(to: range)
            if !part.isEmpty { body(part, run.factor) }
        }
    }
}
