/// Gradient descent: x_{k+1} = x_k − ∇f(x_k)/L.
public struct GradientDescent: ConvexMethod, Hashable {
    public let name = "gd"
    /// How long steps are.
    public let step: StepRule

    /// Keeps the settings.
    public init(step: StepRule = .fixed) { self.step = step }

    public func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun {
        Run(objective, start, step)
    }

    private final class Run: ConvexRun {
        var point: [Double]
        private let objective: CountedObjective
        private var next: GradientStep

        init(_ objective: CountedObjective, _ start: [Double], _ rule: StepRule) {
            self.objective = objective
            point = start
            next = GradientStep(rule, objective, mayGrow: true)
        }

        var origin: [Double] { point }

        func step() { point = next(objective, from: point) }

        func move(to point: [Double]) { self.point = point }
    }
}
