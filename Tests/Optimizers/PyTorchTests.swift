import Buffers
import Foundation
import Optimizers
import Testing

/// Every rule against the points that PyTorch visits; Golden/generate.py writes them.
@Suite struct PyTorchTests {
    struct Golden: Decodable {
        struct Case: Decodable {
            let rule: String
            let settings: [String: Double]
            let precision: String
            let points: [[String]]
        }
        let start: [String]
        let rates: [Double]
        let gradients: [[String]]
        let cases: [Case]
    }

    static func load() throws -> Golden {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/pytorch.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    static func numbers(_ texts: [String]) throws -> [Double] { try texts.map { try #require(Double($0)) } }

    @Test func visitsThePointsThatPyTorchVisits() throws {
        let golden = try Self.load()
        #expect(golden.cases.count == 40)
        for item in golden.cases {
            let error =
                item.precision == "f32"
                ? try Self.error(of: item, in: golden, as: Float.self)
                : try Self.error(of: item, in: golden, as: Double.self)
            #expect(
                error <= (item.precision == "f32" ? 1e-6 : 1e-14),
                "\(item.rule) \(item.settings) \(item.precision)")
        }
    }

    /// The largest deviation at any step, relative to the point's largest coordinate.
    static func error<Element: Scalar>(
        of item: Golden.Case, in golden: Golden, as type: Element.Type
    ) throws -> Double {
        let rule = try OptimizerTable.make(item.rule, settings: item.settings)
        let theta = try AlignedBuffer(try numbers(golden.start).map { Element($0) })
        let state = try rule.makeState(count: theta.count, as: type)
        var worst = 0.0
        for (step, rate) in golden.rates.enumerated() {
            let g = try AlignedBuffer(try numbers(golden.gradients[step]).map { Element($0) })
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: 0, learningRate: rate)
            try rule.step(context, state: state, workers: .serial)
            let expected = try numbers(item.points[step])
            let scale = expected.map(abs).max() ?? 1
            for (found, wanted) in zip(theta.elements, expected) {
                worst = max(worst, abs(Double(found) - wanted) / scale)
            }
        }
        return worst
    }
}
