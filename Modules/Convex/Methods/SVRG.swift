import Buffers

/// SVRG: steps along one term's gradient, corrected by the full gradient at the pass's first point x̃.
///
///     x ← x − η (φ_j′(x) − φ_j′(x̃)) a_j − η (∇f̃(x̃) + λx)
///
/// One step of the run is a full gradient and m of these. The slopes at x̃ are kept from the full gradient, so a small step
/// costs one term's gradient, not two; the regularizer's gradient is taken exactly.
///
/// R. Johnson, T. Zhang, *Accelerating stochastic gradient descent using predictive variance reduction*, NIPS 2013: m = 2n
/// and η = 0.1/L_max; the last of the small steps' points is the next x̃ (option I).
public struct SVRG: ConvexMethod, Hashable {
    public let name = "svrg"
    /// η times the largest Lipschitz constant of a term's gradient; 0.1 by default.
    public let step: Double
    /// m/n; 2 by default.
    public let passes: Int
    /// Determines the order of the terms.
    public let seed: UInt64

    /// Checks and keeps the settings.
    ///
    /// - Throws: ``ConvexError/badSetting(name:value:allowed:)`` for a step outside (0, 1] or passes outside 1…100.
    public init(step: Double = 0.1, passes: Int = 2, seed: UInt64 = 0) throws(ConvexError) {
        guard step > 0, step <= 1 else {
            throw .badSetting(name: "step", value: step, allowed: "above 0 and at most 1")
        }
        guard 1...100 ~= passes else {
            throw .badSetting(name: "passes", value: Double(passes), allowed: "a whole number from 1 to 100")
        }
        self.step = step
        self.passes = passes
        self.seed = seed
    }

    public func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun {
        guard let sum = objective.objective as? any ConvexSum else { throw .needsSum(method: name) }
        return Run(self, objective, sum, start)
    }

    private final class Run: ConvexRun {
        private(set) var point: [Double]
        private let objective: CountedObjective
        private let sum: any ConvexSum
        private let rate: Double
        private let steps: Int
        private var random: Philox
        private var mean: [Double]

        init(_ method: SVRG, _ objective: CountedObjective, _ sum: any ConvexSum, _ start: [Double]) {
            self.objective = objective
            self.sum = sum
            rate = method.step / sum.termSmoothness
            steps = method.passes * sum.termCount
            random = Philox(seed: method.seed)
            point = start
            mean = [Double](repeating: 0, count: start.count)
        }

        var origin: [Double] { point }

        func move(to point: [Double]) { self.point = point }

        func step() {
            let slopes = TermSlopes.all(sum, at: point, mean: &mean)
            let shrinkage = 1 - rate * sum.regularization
            for _ in 0..<steps {
                let index = Int.random(in: 0..<sum.termCount, using: &random)
                let change = sum.slope(ofTerm: index, at: point) - slopes[index]
                TermSlopes.step(
                    &point, scale: shrinkage, along: sum.row(index), by: -rate * change, and: mean, by: -rate)
            }
            objective.count(terms: sum.termCount + steps, of: sum)
        }
    }
}
