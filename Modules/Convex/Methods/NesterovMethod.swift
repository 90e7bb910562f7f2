/// Nesterov's accelerated gradient: x_{k+1} = y_k − ∇f(y_k)/L, y_{k+1} = x_{k+1} + β_k (x_{k+1} − x_k).
///
/// - Strongly convex: β = (1 − √(μ/L)) / (1 + √(μ/L)).
/// - Convex: β_k = (t_k − 1)/t_{k+1} with t_1 = 1 and t_{k+1} = (1 + √(1 + 4 t_k²))/2.
///
/// Y. Nesterov, *Introductory lectures on convex optimization*, 2003, scheme 2.2.9; A. Beck, M. Teboulle, *A fast iterative
/// shrinkage-thresholding algorithm*, 2009, for the second form and backtracking.
public struct NesterovMethod: ConvexMethod, Hashable {
    /// What is known of f.
    public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
        /// That it is strongly convex, with the objective's μ.
        case stronglyConvex = "strongly-convex"
        /// Only that it is convex.
        case convex
    }

    /// What is used of f.
    public let form: Form
    /// How long steps are.
    public let step: StepRule

    /// Keeps the settings.
    public init(form: Form = .stronglyConvex, step: StepRule = .fixed) {
        self.form = form
        self.step = step
    }

    public var name: String { form == .convex ? "nesterov-convex" : "nesterov" }

    public func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun {
        Run(self, objective, start)
    }

    private final class Run: ConvexRun {
        private(set) var point: [Double]
        private(set) var origin: [Double]
        private let form: Form
        private let objective: CountedObjective
        private var next: GradientStep
        private var t = 1.0

        init(_ method: NesterovMethod, _ objective: CountedObjective, _ start: [Double]) {
            form = method.form
            self.objective = objective
            (point, origin) = (start, start)
            next = GradientStep(method.step, objective, mayGrow: false)
        }

        func step() {
            let last = point
            point = next(objective, from: origin)
            origin = Vectors.moved(point, along: Vectors.difference(point, last), by: momentum())
        }

        private func momentum() -> Double {
            switch form {
            case .stronglyConvex:
                let root = min(1, objective.objective.strongConvexity / next.smoothness).squareRoot()
                return (1 - root) / (1 + root)
            case .convex:
                let last = t
                t = (1 + (1 + 4 * t * t).squareRoot()) / 2
                return (last - 1) / t
            }
        }

        /// Momentum starts anew: what there was led away from the other point.
        func move(to point: [Double]) {
            (self.point, origin) = (point, point)
            t = 1
        }
    }
}
