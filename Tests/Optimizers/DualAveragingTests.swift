import Buffers
import Foundation
import Optimizers
import Testing

/// Dual averaging and the proximal rule against closed forms; Golden/sparse.py writes them.
@Suite struct DualAveragingTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let rule: String
            let gamma: Double
            let lambda: Double
            let points: [[Double]]
        }
        let matrix: [[Double]]
        let target: [Double]
        let start: [Double]
        let cases: [Case]
    }

    private static func load() throws -> Golden {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/sparse.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    /// The largest deviation of any coordinate at any step; zeros must be zeros.
    private static func error<Element: Scalar>(
        of item: Golden.Case, in golden: Golden, as type: Element.Type
    ) throws -> Double {
        var settings: [String: Double] = [:]
        if item.rule != "sda" { settings["lambda"] = item.lambda }
        if item.rule != "prox-sgd" { settings["gamma"] = item.gamma }
        let rule = try OptimizerTable.make(item.rule, settings: settings)
        let w = try AlignedBuffer(golden.start.map { Element($0) })
        let state = try rule.makeState(count: w.count, as: type)
        var worst = 0.0
        for (step, expected) in item.points.enumerated() {
            let row = golden.matrix[step % golden.matrix.count]
            let residual = zip(row, w.elements).reduce(-golden.target[step % golden.matrix.count]) {
                $0 + $1.0 * Double($1.1)
            }
            let g = try AlignedBuffer(row.map { Element($0 * residual) })
            let context = StepContext(
                parameters: w.mutableElements, gradient: g.elements, loss: residual * residual / 2,
                learningRate: 1 / item.gamma)
            try rule.step(context, state: state, workers: .serial)
            for (found, wanted) in zip(w.elements, expected) {
                worst = max(worst, abs(Double(found) - wanted))
                if (found == 0) != (wanted == 0) { worst = .infinity }
            }
        }
        return worst
    }

    @Test func followsTheClosedFormStepByStep() throws {
        let golden = try Self.load()
        #expect(golden.cases.count == 6)
        #expect(golden.cases.contains { $0.points.contains { $0.contains(0) } })
        for item in golden.cases {
            #expect(try Self.error(of: item, in: golden, as: Double.self) < 1e-13, "\(item.rule) \(item.lambda)")
            #expect(try Self.error(of: item, in: golden, as: Float.self) < 1e-6, "\(item.rule) \(item.lambda)")
        }
    }

    /// One element of each kind, all with the gradient 0.3 for four steps.
    @Test func onlyWeightsAreThresholdedAndFactorsAreDrawnToOne() throws {
        let layout = try ParameterLayout([
            ("w", [1], .weight), ("b", [1], .bias), ("s", [1], .scale), ("t", [1], .shift),
        ])
        for (centre, scale) in [(1.0, 0.4), (0.0, -0.6)] {
            let rule = try RDA(gamma: 1, lambda: 0.1, scaleCentre: centre)
            let state = try rule.makeState(for: layout, as: Double.self)
            let theta = try AlignedBuffer([5.0, 5, 5, 5])
            let g = try AlignedBuffer([0.3, 0.3, 0.3, 0.3])
            for _ in 0..<4 {
                let context = StepContext(
                    parameters: theta.mutableElements, gradient: g.elements, loss: 0, learningRate: 0)
                try rule.step(context, state: state, workers: .serial)
            }
            for (found, wanted) in zip(theta.elements, [-0.4, -0.6, scale, -0.6]) {
                #expect(abs(found - wanted) < 1e-15)
            }
            #expect(state[scalar: "step-size"] == 0.5)
            #expect(state[scalar: "threshold"] == 0.2)
        }
    }

    @Test func aThresholdOnWeightsIsMetAtItsEpoch() throws {
        #expect(RDA.lambda(threshold: 0.01, gamma: 0.5, steps: 10_000) == 5e-5)
        let rule = try OptimizerTable.make("rda", settings: ["gamma": 0.5, "threshold": 0.01, "threshold-epochs": 3])
        let state = try rule.makeState(count: 1, as: Double.self)
        let theta = try AlignedBuffer([0.0])
        let g = try AlignedBuffer([1.0])
        for step in 1...12 {
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: 0, learningRate: 0, stepsPerEpoch: 4)
            try rule.step(context, state: state, workers: .serial)
            #expect(abs(state[scalar: "threshold"] - 0.01 * (Double(step) / 12).squareRoot()) < 1e-16)
        }
    }
}

/// Dual averaging that goes on from given weights, and from stage to stage.
@Suite struct AnchorTests {
    private static func step(
        _ rule: any Optimizer, _ state: OptimizerState<Double>, _ w: AlignedBuffer<Double>, _ g: [Double]
    ) throws {
        let gradient = try AlignedBuffer(g)
        let context = StepContext(parameters: w.mutableElements, gradient: gradient.elements, loss: 0, learningRate: 0)
        try rule.step(context, state: state, workers: .serial)
    }

    /// With n = 99, the first step is the 100th: ḡ₉₉ = −sign(w)(|w|γ/√99 + λ), and w = −(10/γ) soft(ḡ₁₀₀).
    @Test func theFirstStepStartsFromTheGivenWeights() throws {
        let rule = try RDA(gamma: 0.5, lambda: 0.02, anchorSteps: 99)
        let state = try rule.makeState(count: 4, as: Double.self)
        let start = [0.8, -0.3, 0.0, 1e-3]
        let g = [0.1, 0.2, 0.5, -0.3]
        let w = try AlignedBuffer(start)
        try Self.step(rule, state, w, g)
        #expect(abs(state[scalar: "step-size"] - 0.2) < 1e-15)
        for index in 0..<4 {
            let sign: Double = start[index] > 0 ? 1 : start[index] < 0 ? -1 : 0
            let before = -sign * (abs(start[index]) * 0.5 / 99.0.squareRoot() + 0.02)
            let mean = 0.99 * before + 0.01 * g[index]
            let shrunk = max(abs(mean) - 0.02, 0) * (mean < 0 ? -1 : 1)
            #expect(abs(w.pointer[index] + 20 * shrunk) < 1e-14)
        }
        #expect(w.pointer[2] == 0)
    }

    /// Zero gradients: an anchored stage goes on from the weights; the papers' multiplies them at once.
    @Test func aStageGoesOnFromTheWeightsOnlyWhereItIsAnchored() throws {
        for anchored in [0, 10_000] {
            let first = try SDA(gamma: 1, anchorSteps: anchored)
            let second = try OptimizerStage("1:gamma=0.2", after: first).optimizer
            let state = try first.makeState(count: 2, as: Double.self)
            let w = try AlignedBuffer([0.5, -0.25])
            try Self.step(first, state, w, [0.1, 0.2])
            let before = Array(w.elements)
            try Self.step(second, state, w, [0, 0])
            // (t − 1)/t · √t/γ' over √(t − 1)/γ: 5/√2 after one step, and all but 1 after 10,001.
            let factor = anchored > 0 ? (10_001.0 / 10_002).squareRoot() : 5 / 2.0.squareRoot()
            for index in 0..<2 { #expect(abs(w.pointer[index] - factor * before[index]) < 1e-12) }
        }
    }
}
