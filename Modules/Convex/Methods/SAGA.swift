import Buffers
import CKernels

/// SAGA: steps along one term's gradient, corrected by the last gradient known of every term.
///
/// With j drawn at random and α_j what was kept of term j:
///
///     x ← x − η (φ_j′(x) − α_j) a_j − η (ḡ + λx),   ḡ ← ḡ + (φ_j′ − α_j) a_j / n,   α_j ← φ_j′
///
/// One step of the run is a pass of n such steps. Of a term only its slope is kept: its gradient is that times a_j. The
/// regularizer's gradient is taken exactly. The slopes start as those at the first point, which costs one gradient.
///
/// A. Defazio, F. Bach, S. Lacoste-Julien, *SAGA: a fast incremental gradient method with support for non-strongly convex
/// composite objectives*, NIPS 2014: η = 1/(3 L_max).
public struct SAGA: ConvexMethod, Hashable {
    public let name = "saga"
    /// η times the largest Lipschitz constant of a term's gradient; 1/3 by default.
    public let step: Double
    /// Determines the order of the terms.
    public let seed: UInt64

    /// Checks and keeps the settings.
    ///
    /// - Throws: ``ConvexError/badSetting(name:value:allowed:)`` for a step outside (0, 1].
    public init(step: Double = 1.0 / 3, seed: UInt64 = 0) throws(ConvexError) {
        guard step > 0, step <= 1 else {
            throw .badSetting(name: "step", value: step, allowed: "above 0 and at most 1")
        }
        self.step = step
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
        private var random: Philox
        private var slopes: [Double] = []
        /// ḡ, the mean of the terms' gradients as they are kept.
        private var mean: [Double]

        init(_ method: SAGA, _ objective: CountedObjective, _ sum: any ConvexSum, _ start: [Double]) {
            self.objective = objective
            self.sum = sum
            rate = method.step / sum.termSmoothness
            random = Philox(seed: method.seed)
            point = start
            mean = [Double](repeating: 0, count: start.count)
        }

        var origin: [Double] { point }

        func move(to point: [Double]) { self.point = point }

        func step() {
            let n = sum.termCount
            if slopes.isEmpty {
                slopes = TermSlopes.all(sum, at: point, mean: &mean)
                objective.count(terms: n, of: sum)
            }
            let shrinkage = 1 - rate * sum.regularization
            for _ in 0..<n {
                let index = Int.random(in: 0..<n, using: &random)
                let change = sum.slope(ofTerm: index, at: point) - slopes[index]
                slopes[index] += change
                TermSlopes.step(
                    &point, scale: shrinkage, along: sum.row(index), by: -rate * change, and: mean, by: -rate)
                TermSlopes.add(sum.row(index), times: change / Double(n), to: &mean)
            }
            objective.count(terms: n, of: sum)
        }
    }
}

/// Arithmetic that methods share which take one term at a time.
enum TermSlopes {
    /// The slopes of all terms, and the mean of their gradients without the regularizer's.
    static func all(_ sum: any ConvexSum, at x: [Double], mean: inout [Double]) -> [Double] {
        for k in mean.indices { mean[k] = 0 }
        return (0..<sum.termCount).map { index in
            let slope = sum.slope(ofTerm: index, at: x)
            add(sum.row(index), times: slope / Double(sum.termCount), to: &mean)
            return slope
        }
    }

    /// y ← y + factor x.
    static func add(_ x: UnsafeBufferPointer<Double>, times factor: Double, to y: inout [Double]) {
        y.withUnsafeMutableBufferPointer { y in
            if let target = y.baseAddress { ck_scale_and_add_f64(1, target, factor, x.baseAddress, nil, y.count) }
        }
    }

    /// y ← scale y + a x + b m.
    static func step(
        _ y: inout [Double], scale: Double, along x: UnsafeBufferPointer<Double>, by a: Double, and m: [Double],
        by b: Double
    ) {
        y.withUnsafeMutableBufferPointer { y in
            guard let target = y.baseAddress else { return }
            ck_scale_and_add_f64(scale, target, a, x.baseAddress, nil, y.count)
            ck_scale_and_add_f64(1, target, b, m, nil, y.count)
        }
    }
}
