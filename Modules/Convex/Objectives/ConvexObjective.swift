/// A smooth convex function of a vector in Float64.
///
/// Not safe to use from two threads at once: passes share scratch memory.
public protocol ConvexObjective: AnyObject {
    /// The number of variables.
    var dimension: Int { get }
    /// L, a Lipschitz constant of the gradient: 1/L is a safe step.
    var smoothness: Double { get }
    /// μ, with f − μ/2 ‖x‖² still convex; 0 where nothing is known.
    var strongConvexity: Double { get }

    /// f(x).
    func value(at x: [Double]) -> Double

    /// Writes ∇f(x), and returns f(x), which costs next to nothing beside it.
    @discardableResult
    func gradient(at x: [Double], into gradient: inout [Double]) -> Double

    /// Writes ∇²f(x) v.
    func hessianProduct(at x: [Double], with v: [Double], into product: inout [Double])
}

extension ConvexObjective {
    /// L/μ; infinity where μ is 0.
    public var conditionNumber: Double { smoothness / strongConvexity }
}

/// f(x) = (1/n) Σ φ_i(a_iᵀx) + λ/2 ‖x‖²: what stochastic methods take one term of at a time.
///
/// The i-th term's gradient is φ_i′(a_iᵀx) a_i + λx.
public protocol ConvexSum: ConvexObjective {
    /// n.
    var termCount: Int { get }
    /// λ.
    var regularization: Double { get }
    /// The largest Lipschitz constant of a term's gradient.
    var termSmoothness: Double { get }

    /// a_i.
    func row(_ index: Int) -> UnsafeBufferPointer<Double>

    /// φ_i′(a_iᵀx).
    func slope(ofTerm index: Int, at x: [Double]) -> Double
}

/// How often an objective was evaluated.
public struct Evaluations: Sendable, Hashable, Codable {
    /// Calls that asked for f(x).
    public var functions = 0
    /// Calls that asked for ∇f(x); of a sum of n terms, a single term's gradient counts 1/n.
    public var gradients = 0.0

    /// None.
    public init() {}
}

/// An objective that counts what is asked of it.
public final class CountedObjective {
    /// What is evaluated.
    public let objective: any ConvexObjective
    /// What was asked so far.
    public private(set) var evaluations = Evaluations()

    /// Counts from zero.
    public init(_ objective: any ConvexObjective) { self.objective = objective }

    /// The number of variables.
    public var dimension: Int { objective.dimension }

    /// f(x).
    public func value(at x: [Double]) -> Double {
        evaluations.functions += 1
        return objective.value(at: x)
    }

    /// Writes ∇f(x).
    public func gradient(at x: [Double], into gradient: inout [Double]) {
        evaluations.gradients += 1
        objective.gradient(at: x, into: &gradient)
    }

    /// Writes ∇f(x) and returns f(x); both are counted.
    public func valueAndGradient(at x: [Double], into gradient: inout [Double]) -> Double {
        evaluations.functions += 1
        evaluations.gradients += 1
        return objective.gradient(at: x, into: &gradient)
    }

    /// Counts gradients of single terms, which a method takes from the objective itself.
    func count(terms: Int, of sum: any ConvexSum) {
        evaluations.gradients += Double(terms) / Double(sum.termCount)
    }
}
