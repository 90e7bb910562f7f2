/// L-BFGS: steps along −H∇f, where H is the inverse Hessian that the last m steps and gradient changes tell of.
///
/// J. Nocedal, S. J. Wright, *Numerical optimization*, 2006, algorithms 7.4 and 7.5, with H scaled by sᵀy/yᵀy and a
/// line search for the strong Wolfe conditions, which first tries 1/L. A step and the gradient at its end are one and
/// the same evaluation, so a step that the line search takes at once costs one gradient.
public struct LBFGS: ConvexMethod, Hashable {
    public let name = "lbfgs"
    /// m, how many steps are remembered; 10 by default.
    public let memory: Int

    /// Checks and keeps the settings.
    ///
    /// - Throws: ``ConvexError/badSetting(name:value:allowed:)`` for a memory outside 1…1000.
    public init(memory: Int = 10) throws(ConvexError) {
        guard 1...1000 ~= memory else {
            throw .badSetting(name: "memory", value: Double(memory), allowed: "a whole number from 1 to 1000")
        }
        self.memory = memory
    }

    public func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun {
        Run(objective, start, memory)
    }

    private final class Run: ConvexRun {
        /// A step, the gradient's change, and 1/sᵀy.
        private struct Pair {
            let s: [Double]
            let y: [Double]
            let rho: Double
        }

        private(set) var point: [Double]
        private let objective: CountedObjective
        private let memory: Int
        private var pairs: [Pair] = []
        /// f and ∇f at the point, if they are known.
        private var known: (value: Double, gradient: [Double])?

        init(_ objective: CountedObjective, _ start: [Double], _ memory: Int) {
            self.objective = objective
            self.memory = memory
            point = start
        }

        var origin: [Double] { point }

        func move(to point: [Double]) {
            self.point = point
            known = nil
        }

        func step() {
            let (value, gradient) = known ?? evaluate()
            var direction = descent(gradient)
            var slope = Vectors.dot(direction, gradient)
            if !(slope < 0) {
                pairs = []
                direction = gradient.map { -$0 }
                slope = -Vectors.dot(gradient, gradient)
            }
            guard slope < 0 else {
                known = (value, gradient)
                return
            }
            let first = pairs.isEmpty ? 1 / objective.objective.smoothness : 1
            guard
                let found = WolfeSearch().run(
                    objective, from: point, along: direction, value: value, slope: slope, first: first)
            else {
                // Rounding hides any decrease: this is the minimum as far as f can tell.
                known = (value, gradient)
                return
            }
            remember(Vectors.difference(found.point, point), Vectors.difference(found.gradient, gradient))
            point = found.point
            known = (found.value, found.gradient)
        }

        private func evaluate() -> (Double, [Double]) {
            var gradient = [Double](repeating: 0, count: objective.dimension)
            let value = objective.valueAndGradient(at: point, into: &gradient)
            return (value, gradient)
        }

        private func remember(_ s: [Double], _ y: [Double]) {
            let product = Vectors.dot(s, y)
            guard product > .ulpOfOne * Vectors.norm(s) * Vectors.norm(y) else { return }
            if pairs.count == memory { pairs.removeFirst() }
            pairs.append(Pair(s: s, y: y, rho: 1 / product))
        }

        /// −H∇f by the two-loop recursion.
        private func descent(_ gradient: [Double]) -> [Double] {
            var q = gradient.map { -$0 }
            var alphas: [Double] = []
            for pair in pairs.reversed() {
                let alpha = pair.rho * Vectors.dot(pair.s, q)
                Vectors.add(pair.y, times: -alpha, to: &q)
                alphas.append(alpha)
            }
            if let last = pairs.last {
                let scale = 1 / (last.rho * Vectors.dot(last.y, last.y))
                for k in q.indices { q[k] *= scale }
            }
            for (pair, alpha) in zip(pairs, alphas.reversed()) {
                Vectors.add(pair.s, times: alpha - pair.rho * Vectors.dot(pair.y, q), to: &q)
            }
            return q
        }
    }
}
