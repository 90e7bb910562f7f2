/// The minimum of an objective, far more exact than a comparison of methods needs, by Newton's method with conjugate
/// gradients for its systems.
///
/// J. Nocedal, S. J. Wright, *Numerical optimization*, 2006, chapter 7.
public struct ReferenceMinimum: Sendable, Hashable {
    /// x*.
    public let point: [Double]
    /// f(x*).
    public let value: Double
    /// ‖∇f(x*)‖ relative to the gradient's length at the start.
    public let relativeGradient: Double

    /// Finds the minimum, starting from zero.
    ///
    /// - Parameter objective: f; strongly convex, or there may be no minimum to find.
    public init(of objective: any ConvexObjective) {
        let n = objective.dimension
        var x = [Double](repeating: 0, count: n)
        var gradient = x
        var value = objective.gradient(at: x, into: &gradient)
        let first = Vectors.norm(gradient)
        var best = (x: x, value: value, length: first)
        for _ in 0..<100 {
            let length = Vectors.norm(gradient)
            if length < best.length, value <= best.value { best = (x, value, length) }
            if length <= 1e-13 * first { break }
            let direction = ReferenceMinimum.newtonDirection(objective, at: x, gradient)
            let slope = Vectors.dot(direction, gradient)
            guard slope < 0 else { break }
            // Near the minimum f no longer tells points apart; there, full steps are right.
            var step = 1.0
            var next = Vectors.moved(x, along: direction, by: step)
            let noise = 1e-13 * max(value.magnitude, .leastNormalMagnitude)
            while step > 1e-12, !(objective.value(at: next) <= value + 1e-4 * step * slope + noise) {
                step /= 2
                next = Vectors.moved(x, along: direction, by: step)
            }
            x = next
            value = objective.gradient(at: x, into: &gradient)
            if Vectors.norm(gradient) >= length, step == 1, length <= 1e-9 * first { break }
        }
        (point, self.value) = (best.x, best.value)
        relativeGradient = first > 0 ? best.length / first : 0
    }

    /// An approximate solution of ∇²f(x) d = −g.
    private static func newtonDirection(_ objective: any ConvexObjective, at x: [Double], _ g: [Double]) -> [Double] {
        var d = [Double](repeating: 0, count: g.count)
        var residual = g.map { -$0 }
        var p = residual
        var product = d
        var square = Vectors.dot(residual, residual)
        // An exact Newton step squares the error: a forcing term as small as that costs little more.
        let goal = 1e-20 * square
        for _ in 0..<10 * g.count where square > goal {
            objective.hessianProduct(at: x, with: p, into: &product)
            let curvature = Vectors.dot(p, product)
            guard curvature > 0 else { break }
            let alpha = square / curvature
            Vectors.add(p, times: alpha, to: &d)
            Vectors.add(product, times: -alpha, to: &residual)
            let next = Vectors.dot(residual, residual)
            p = Vectors.moved(residual, along: p, by: next / square)
            square = next
        }
        return d
    }
}
