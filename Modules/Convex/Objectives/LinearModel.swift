import Buffers
import CKernels
import Glibc

/// What a linear model pays for predicting z where the target is b.
public enum Loss: String, Sendable, Hashable, Codable, CaseIterable {
    /// log(1 + e^(−bz)), b being −1 or 1.
    case logistic
    /// ½ (z − b)².
    case squared

    /// φ(z).
    func value(_ z: Double, _ b: Double) -> Double {
        switch self {
        case .logistic:
            let margin = b * z
            return margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin
        case .squared: return 0.5 * (z - b) * (z - b)
        }
    }

    /// φ′(z).
    func slope(_ z: Double, _ b: Double) -> Double {
        switch self {
        case .logistic: -b / (1 + exp(b * z))
        case .squared: z - b
        }
    }

    /// φ″(z).
    func curvature(_ z: Double, _ b: Double) -> Double {
        switch self {
        case .logistic:
            // Symmetric in z, and its form for negative numbers does not overflow.
            let e = exp(-z.magnitude)
            return e / ((1 + e) * (1 + e))
        case .squared: return 1
        }
    }

    /// The largest φ″.
    var largestCurvature: Double { self == .logistic ? 0.25 : 1 }
}

/// f(x) = (1/n) Σ φ(a_iᵀx, b_i) + λ/2 ‖x‖²: logistic regression or least squares with L2 regularization.
///
///     let madelon = try Madelon.read("madelon")
///     let objective = try LinearModel(madelon.features, targets: madelon.labels, loss: .logistic, conditionNumber: 1e6)
///
/// One pass over the rows gives value and gradient: a row is used for its prediction and for its share of the gradient
/// while it is in the cache. Sums are cut in the same way whatever the number of threads, so results do not depend on it.
public final class LinearModel: ConvexSum {
    /// a_1 … a_n.
    public let features: FeatureMatrix
    /// b_1 … b_n.
    public let targets: [Double]
    /// φ.
    public let loss: Loss
    /// λ.
    public let regularization: Double
    public let smoothness: Double
    public let termSmoothness: Double
    private let workers: Workers

    /// A model with a given λ.
    ///
    /// - Parameters:
    ///   - features: one row for each target.
    ///   - targets: −1 or 1 for the logistic loss, any finite number for the squared one.
    ///   - loss: φ.
    ///   - regularization: λ ≥ 0.
    ///   - workers: the threads to use.
    /// - Throws: ``ConvexError``.
    public convenience init(
        _ features: FeatureMatrix, targets: [Double], loss: Loss, regularization: Double, workers: Workers = .all
    ) throws(ConvexError) {
        guard regularization.isFinite, regularization >= 0 else {
            throw .badSetting(name: "regularization", value: regularization, allowed: "a finite number of at least 0")
        }
        try self.init(features, targets, loss, workers) { _ in regularization }
    }

    /// A model whose λ is such that L/μ, with μ = λ, is the condition number.
    ///
    /// - Parameter conditionNumber: above 1.
    /// - Throws: ``ConvexError``.
    public convenience init(
        _ features: FeatureMatrix, targets: [Double], loss: Loss, conditionNumber: Double, workers: Workers = .all
    ) throws(ConvexError) {
        guard conditionNumber.isFinite, conditionNumber > 1 else {
            throw .badSetting(name: "condition number", value: conditionNumber, allowed: "a finite number above 1")
        }
        try self.init(features, targets, loss, workers) { $0 / (conditionNumber - 1) }
    }

    private init(
        _ features: FeatureMatrix, _ targets: [Double], _ loss: Loss, _ workers: Workers,
        regularization: (_ smoothness: Double) -> Double
    ) throws(ConvexError) {
        guard targets.count == features.rows else {
            throw .wrongCount(what: "targets", expected: features.rows, found: targets.count)
        }
        guard Vectors.isFinite(targets) else { throw .notFinite(what: "the targets") }
        if loss == .logistic, let index = targets.firstIndex(where: { $0.magnitude != 1 }) {
            throw .badLabel(index: index, value: targets[index])
        }
        let largest = (0..<features.rows).map { features.row($0).reduce(0) { $0 + $1 * $1 } }.max() ?? 0
        let data = loss.largestCurvature * features.squaredSpectralNorm(workers) / Double(features.rows)
        guard data > 0, data.isFinite else {
            throw .badSetting(name: "the features' norm", value: data, allowed: "finite and above 0")
        }
        let lambda = regularization(data)
        self.features = features
        self.targets = targets
        self.loss = loss
        self.workers = workers
        self.regularization = lambda
        smoothness = data + lambda
        termSmoothness = loss.largestCurvature * largest + lambda
    }

    public var dimension: Int { features.columns }
    public var strongConvexity: Double { regularization }
    public var termCount: Int { features.rows }

    public func value(at x: [Double]) -> Double {
        let data = features.sumOverParts(workers) { rows, _ in
            forEachBlock(of: rows, at: x) { z, first, count in
                var sum = 0.0
                for k in 0..<count { sum += loss.value(z[k], targets[first + k]) }
                return sum
            }
        }
        return data.number / Double(termCount) + penalty(x)
    }

    @discardableResult
    public func gradient(at x: [Double], into gradient: inout [Double]) -> Double {
        let data = features.sumOverParts(workers) { rows, target in
            forEachBlock(of: rows, at: x) { z, first, count in
                var sum = 0.0
                for k in 0..<count {
                    sum += loss.value(z[k], targets[first + k])
                    z[k] = loss.slope(z[k], targets[first + k])
                }
                ck_add_rows_f64(row(first).baseAddress, count, dimension, z, target)
                return sum
            }
        }
        finish(data.vector, plus: x, in: &gradient)
        return data.number / Double(termCount) + penalty(x)
    }

    public func hessianProduct(at x: [Double], with v: [Double], into product: inout [Double]) {
        let data = features.sumOverParts(workers) { rows, target in
            forEachBlock(of: rows, at: x) { z, first, count in
                forEachBlock(of: first..<first + count, at: v) { u, _, _ in
                    for k in 0..<count { u[k] *= loss.curvature(z[k], targets[first + k]) }
                    ck_add_rows_f64(row(first).baseAddress, count, dimension, u, target)
                    return 0
                }
            }
        }
        finish(data.vector, plus: v, in: &product)
    }

    public func row(_ index: Int) -> UnsafeBufferPointer<Double> { features.row(index) }

    public func slope(ofTerm index: Int, at x: [Double]) -> Double {
        loss.slope(ck_dot_f64(row(index).baseAddress, x, dimension), targets[index])
    }

    private func penalty(_ x: [Double]) -> Double { 0.5 * regularization * Vectors.dot(x, x) }

    /// result ← sum/n + λx.
    private func finish(_ sum: [Double], plus x: [Double], in result: inout [Double]) {
        result = sum
        for k in result.indices { result[k] = result[k] / Double(termCount) + regularization * x[k] }
    }

    /// Calls `body` with the predictions of a few rows at a time, and adds up what it returns.
    private func forEachBlock(
        of rows: Range<Int>, at x: [Double],
        _ body: (_ z: UnsafeMutablePointer<Double>, _ first: Int, _ count: Int) -> Double
    ) -> Double {
        // Few enough rows to stay in the second-level cache until they are used again.
        let block = 16
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: block) { scratch in
            guard let z = scratch.baseAddress else { return 0 }
            z.initialize(repeating: 0, count: block)
            var sum = 0.0
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
                let count = min(block, rows.upperBound - first)
                ck_rows_dot_f64(row(first).baseAddress, count, dimension, x, z)
                sum += body(z, first, count)
            }
            return sum
        }
    }
}
