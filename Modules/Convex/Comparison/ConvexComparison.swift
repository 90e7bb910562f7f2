/// Runs methods side by side on one objective, from zero.
///
///     let comparison = ConvexComparison(objective)
///     let trace = try comparison.run(LBFGS(), budget: ConvexBudget(gradients: 400))
///     print(trace.first(within: 1e-8)?.gradients ?? .infinity)
public final class ConvexComparison {
    /// What is minimised.
    public let objective: any ConvexObjective
    /// f*, from Newton's method.
    public let minimum: ReferenceMinimum
    private let start: [Double]
    private let startGap: Double

    /// Finds the objective's minimum.
    public init(_ objective: any ConvexObjective) {
        self.objective = objective
        start = [Double](repeating: 0, count: objective.dimension)
        minimum = ReferenceMinimum(of: objective)
        startGap = objective.value(at: start) - minimum.value
    }

    /// (f(x) − f*) / (f(0) − f*), as far as Float64 tells values of f apart; 0 for a start that is the minimum.
    public func suboptimality(_ x: [Double]) -> Double {
        startGap > 0 ? max(0, (objective.value(at: x) - minimum.value) / startGap) : 0
    }

    /// Runs a method until its budget is used up.
    ///
    /// - Throws: ``ConvexError`` if the method cannot be applied to the objective.
    public func run(_ method: any ConvexMethod, budget: ConvexBudget) throws(ConvexError) -> ConvexTrace {
        let counted = CountedObjective(objective)
        let run = try method.makeRun(counted, from: start)
        let clock = ContinuousClock()
        var time = Duration.zero
        var samples = [
            ConvexTrace.Sample(gradients: 0, functions: 0, seconds: 0, suboptimality: startGap > 0 ? 1 : 0)
        ]
        for _ in 0..<budget.steps {
            guard let last = samples.last, last.gradients < budget.gradients, last.seconds < budget.seconds,
                last.suboptimality > budget.tolerance
            else { break }
            let begin = clock.now
            run.step()
            time += clock.now - begin
            let spent = counted.evaluations
            samples.append(
                ConvexTrace.Sample(
                    gradients: spent.gradients, functions: spent.functions, seconds: time / .seconds(1),
                    suboptimality: suboptimality(run.point)))
        }
        return ConvexTrace(method: method.name, samples: samples)
    }
}
