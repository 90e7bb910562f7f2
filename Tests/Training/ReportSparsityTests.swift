import Buffers
import Foundation
import Testing
import Training

/// What a report and its metrics say of zeros and of what a rule tells.
@Suite struct ReportSparsityTests {
    private static func metrics(zeros: Int) throws -> EpochMetrics {
        let store = try ParameterStore<Float>(
            layout: ParameterLayout([("conv<1>", [8], .weight), ("bias", [2], .bias)]))
        store.values.pointer.update(repeating: 1, count: 10)
        for index in 0..<zeros { store.values.pointer[index] = 0 }
        let evaluation = Evaluation(loss: 0.5, accuracy: 0.75, images: 100)
        let sparsity = Sparsity(of: store)
        return EpochMetrics(
            epoch: 1, steps: 10, training: evaluation, plain: evaluation, accelerated: nil, proposal: nil,
            learningRate: 0.1, seconds: 1, sparsity: sparsity.isSparse ? sparsity : nil,
            reported: zeros > 0 ? ["step-size": 0.25] : nil)
    }

    private static func page(_ metrics: EpochMetrics) -> String {
        HTMLReport(description: RunDescription(title: "t", settings: [], environment: []), metrics: [metrics]).html()
    }

    @Test func aSparseRunHasATableOfItsLayersAndCharts() throws {
        let page = Self.page(try Self.metrics(zeros: 6))
        for part in [
            "Sparsity after epoch 1",
            "<tr><th scope=\"row\">conv&lt;1&gt;</th><td>6</td><td>8</td><td>75.00</td></tr>",
            "<tr><th scope=\"row\">All trainable parameters</th><td>6</td><td>10</td><td>60.00</td></tr>",
            "Sparsity by epoch", "Mean step-size by epoch",
        ] { #expect(page.contains(part), "\(part)") }
    }

    @Test func aDenseRunSaysNothingOfZeros() throws {
        let page = Self.page(try Self.metrics(zeros: 0))
        #expect(!page.contains("Sparsity"))
        #expect(!page.contains("step-size"))
    }

    @Test func metricsHoldThemAndReadBack() throws {
        let metrics = try Self.metrics(zeros: 2)
        let line = try MetricsLog.line(metrics)
        #expect(try MetricsLog.decode(line) == [metrics])
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.contains("\"weights\":0.25") && text.contains("\"all\":0.2"))
        #expect(text.contains("\"reported\":{\"step-size\":0.25}"))
        let dense = String(decoding: try MetricsLog.line(try Self.metrics(zeros: 0)), as: UTF8.self)
        #expect(!dense.contains("sparsity") && !dense.contains("reported"))
    }
}
