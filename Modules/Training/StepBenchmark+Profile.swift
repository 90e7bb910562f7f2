import Graphs

extension StepBenchmark {
    /// Runs steps and times every kernel; the optimizer's update is left out.
    ///
    /// - Parameters:
    ///   - steps: steps to time, at least 1.
    ///   - warmUp: steps to run before; 3 by default.
    /// - Returns: the kernels in the order in which they run, each with its median over the steps.
    public func profile(steps: Int, warmUp: Int = 3) -> [KernelTime] {
        for _ in 0..<max(0, warmUp) { _ = profiledStep() }
        let runs = (0..<max(1, steps)).map { _ in profiledStep() }
        return runs[0].indices.map { index in
            let sorted = runs.map { $0[index] }.sorted { $0.seconds < $1.seconds }
            return sorted[sorted.count / 2]
        }
    }
}
