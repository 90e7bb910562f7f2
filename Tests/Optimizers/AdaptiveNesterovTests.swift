import Buffers
import Optimizers
import Testing

/// Adaptive Nesterov against the thesis's three lines, written out with arrays.
@Suite struct AdaptiveNesterovTests {
    @Test(arguments: [
        [:], ["least-loss": 0.5, "confidence": 0.3, "momentum": 0.5], ["step-minimum": 0, "step-maximum": 0],
    ])
    func followsTheThesis(_ settings: [String: Double]) throws {
        let problem = Problem.quadratic
        let rule = try OptimizerTable.make("adaptive-nesterov", settings: settings)
        let values = rule.values
        let alpha = values["momentum"] ?? .nan
        let state = try rule.makeState(count: 3, as: Double.self)
        let theta = try AlignedBuffer(problem.start)
        var (expected, v) = (problem.start, [0.0, 0, 0])
        var rates: Set<Double> = []
        for step in 0..<40 {
            rule.displace(theta.mutableElements, state: state, workers: .serial)
            let ahead = expected.indices.map { expected[$0] - alpha * v[$0] }
            for i in 0..<3 { #expect(abs(theta.pointer[i] - ahead[i]) < 1e-12) }
            let point = Array(theta.elements)
            let g = try AlignedBuffer(problem.gradient(point))
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: problem.loss(point), learningRate: 0)
            try rule.step(context, state: state, workers: .serial)

            let gradient = problem.gradient(ahead)
            let square = min(max(gradient.reduce(0) { $0 + $1 * $1 }, 1e-4), 1e10)
            var eta =
                (values["confidence"] ?? .nan) * abs(problem.loss(ahead) - (values["least-loss"] ?? .nan)) / square
            if settings["step-maximum"] != 0 { eta = min(max(eta, 0.001), 0.1) }
            for i in 0..<3 {
                v[i] = alpha * v[i] + eta * gradient[i]
                expected[i] -= v[i]
                #expect(abs(theta.pointer[i] - expected[i]) < 1e-10, "step \(step)")
            }
            #expect(abs(state[scalar: "step-size"] - eta) < 1e-8 * eta)
            rates.insert(eta)
        }
        #expect(rates.count > 2)
    }

    /// On ½x² without momentum or bounds, Polyak's step halves x exactly.
    @Test func polyaksStepHalvesTheDistanceOnAParabola() throws {
        let rule = try OptimizerTable.make(
            "adaptive-nesterov",
            settings: ["momentum": 0, "square-minimum": 0, "square-maximum": 0, "step-minimum": 0, "step-maximum": 0])
        let state = try rule.makeState(count: 1, as: Float.self)
        let x = try AlignedBuffer<Float>([1024])
        for _ in 0..<10 {
            let g = try x.copy()
            let loss = Double(x.pointer[0] * x.pointer[0]) / 2
            let context = StepContext(parameters: x.mutableElements, gradient: g.elements, loss: loss, learningRate: 0)
            try rule.step(context, state: state, workers: .serial)
            #expect(state[scalar: "step-size"] == 0.5)
        }
        #expect(x.pointer[0] == 1)
    }

    @Test func itAloneWantsGradientsElsewhere() throws {
        for rule in OptimizerTable.builtIn {
            let made = try rule.init(settings: rule.settings.contains(SGD.momentum) ? [SGD.momentum.name: 0.5] : [:])
            let state = try made.makeState(count: 2, as: Double.self)
            let (theta, gradient) = (try AlignedBuffer<Double>([1, 2]), try AlignedBuffer<Double>([3, 4]))
            func step() throws {
                try made.step(
                    StepContext(
                        parameters: theta.mutableElements, gradient: gradient.elements, loss: 1, learningRate: 0.1),
                    state: state, workers: .serial)
            }
            try step()
            let before = try theta.copy()
            made.displace(theta.mutableElements, state: state, workers: .serial)
            #expect(sameBits(theta, before) != rule.displaces, "\(rule.name)")
        }
    }
}
