import Buffers
import Optimizers
import Testing

/// The Neumann optimizer against its pseudo-code, written out with arrays.
@Suite struct NeumannTests {
    /// Algorithm 2 of the paper with a warm-up; `steps` an epoch.
    private struct Reference {
        var w: [Double]
        var m: [Double]
        var v: [Double]
        var t = 0
        var mu = 0.0
        var resets: [Int] = []
        var bounded = 0
        private var interval: Int
        private var next = 1

        init(_ start: [Double], interval: Int) {
            (w, v, m) = (start, start, start.map { _ in 0 })
            self.interval = interval
        }

        mutating func step(_ g: [Double], eta: Double, alpha: Double, beta: Double, gamma: Double, limit: Double) {
            t += 1
            mu = min(0.9, max(0.5, 1 - 1 / (1 + Double(t))))
            var d = g
            if t == next {
                resets.append(t)
                if t > 1 { interval *= 2 }
                next = t + interval
                m = d.map { -eta * $0 }
            } else {
                let distance = zip(w, v).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
                if distance > 0 {
                    var length = alpha * distance * distance - beta / (distance * distance)
                    if limit > 0 {
                        let longest = limit * g.reduce(0) { $0 + $1 * $1 }.squareRoot()
                        if abs(length) > longest { bounded += 1 }
                        length = min(max(length, -longest), longest)
                    }
                    let factor = length / distance
                    for i in d.indices { d[i] += factor * (w[i] - v[i]) }
                }
                for i in d.indices { m[i] = mu * m[i] - eta * d[i] }
            }
            for i in d.indices {
                w[i] += mu * m[i] - eta * d[i]
                v[i] = w[i] + gamma * (v[i] - w[i])
            }
        }

        var iterate: [Double] { w.indices.map { w[$0] - mu * m[$0] } }
    }

    @Test(arguments: [0, 0.05]) func followsThePseudoCodeThroughWarmupAndResets(_ limit: Double) throws {
        let problem = Problem.quadratic
        let rule = try OptimizerTable.make(
            "neumann",
            settings: [
                "warmup-epochs": 1.5, "reset-epochs": 2, "repulsion": 1e-4, "cubic": 1e-3,
                "regulariser-limit": limit,
            ])
        let state = try rule.makeState(count: 3, as: Double.self)
        let w = try AlignedBuffer(problem.start)
        let iterate = try AlignedBuffer<Double>(count: 3)
        var plain = problem.start
        var reference: Reference?
        // Four steps an epoch: six of warm-up, then resets after 8, 24, 56, … steps of the method.
        for step in 0..<80 {
            let g = try AlignedBuffer(problem.gradient(Array(w.elements)))
            let context = StepContext(
                parameters: w.mutableElements, gradient: g.elements, loss: 0, learningRate: 0.01, stepsPerEpoch: 4)
            try rule.step(context, state: state, workers: .serial)
            rule.readIterate(
                from: w.elements, into: iterate.mutableElements, state: state, workers: .serial)
            if step < 6 {
                for (i, gradient) in problem.gradient(plain).enumerated() { plain[i] -= 0.01 * gradient }
                for i in 0..<3 { #expect(abs(w.pointer[i] - plain[i]) < 1e-14) }
                #expect(sameBits(iterate, w))
                continue
            }
            var next = reference ?? Reference(plain, interval: 8)
            next.step(problem.gradient(next.w), eta: 0.01, alpha: 1e-3, beta: 3e-4, gamma: 0.99, limit: limit)
            for i in 0..<3 {
                #expect(abs(w.pointer[i] - next.w[i]) < 1e-12, "step \(step)")
                #expect(abs(iterate.pointer[i] - next.iterate[i]) < 1e-12, "step \(step)")
            }
            #expect(state[scalar: "momentum"] == next.mu)
            reference = next
        }
        #expect(reference?.resets == [1, 9, 25, 57])
        #expect(((reference?.bounded ?? 0) > 0) == (limit > 0))
    }

    @Test func aWarmupMayBeLongerThanAnyRun() throws {
        let rule = try OptimizerTable.make("neumann", settings: ["warmup-epochs": 1e308, "reset-epochs": 1e308])
        let state = try rule.makeState(count: 2, as: Double.self)
        let w = try AlignedBuffer<Double>([1, -1])
        let g = try AlignedBuffer<Double>([1, 2])
        for _ in 0..<3 {
            let context = StepContext(
                parameters: w.mutableElements, gradient: g.elements, loss: 0, learningRate: 0.25,
                stepsPerEpoch: 1_000_000)
            try rule.step(context, state: state, workers: .serial)
        }
        #expect(Array(w.elements) == [0.25, -2.5])
    }

    @Test func theRegularisersVanishWhereTheWeightsAreTheirAverage() throws {
        let rule = try OptimizerTable.make("neumann", settings: ["warmup-epochs": 0])
        let state = try rule.makeState(count: 2, as: Float.self)
        let w = try AlignedBuffer<Float>([1, -1])
        let zeros = try AlignedBuffer<Float>(count: 2)
        for _ in 0..<30 {
            let context = StepContext(
                parameters: w.mutableElements, gradient: zeros.elements, loss: 0, learningRate: 0.1)
            try rule.step(context, state: state, workers: .serial)
        }
        #expect(Array(w.elements) == [1, -1])
    }

    @Test func anAdoptedIterateIsTheOneThatIsRead() throws {
        let rule = try Neumann(settings: ["warmup-epochs": 0])
        let state = try rule.makeState(count: 2, as: Double.self)
        let (theta, gradient) = (try AlignedBuffer<Double>([3, -1]), try AlignedBuffer<Double>([2, 1]))
        for _ in 0..<3 {
            try rule.step(
                StepContext(
                    parameters: theta.mutableElements, gradient: gradient.elements, loss: 0, learningRate: 0.1),
                state: state, workers: .serial)
        }
        let iterate = try AlignedBuffer<Double>([5, 7])
        theta.assign(iterate)
        rule.adoptIterate(theta.mutableElements, state: state, workers: .serial)
        #expect(theta.pointer[0] != 5)
        rule.readIterate(from: theta.elements, into: iterate.mutableElements, state: state, workers: .serial)
        #expect(abs(iterate.pointer[0] - 5) < 1e-14 && abs(iterate.pointer[1] - 7) < 1e-14)
    }
}
