import Accelerators
import Foundation
import Testing
import Training

/// What a report and its metrics say of how proposals were made.
@Suite struct ReportExtrapolationTests {
    private static func metrics(coefficients: [Double], conditionNumber: Double?) -> EpochMetrics {
        let evaluation = Evaluation(loss: 0.5, accuracy: 0.75, images: 100)
        return EpochMetrics(
            epoch: 3, steps: 10, training: evaluation, plain: evaluation, accelerated: evaluation, proposal: "offered",
            learningRate: 0.1, seconds: 1,
            diagnostics: Diagnostics(
                window: 5, fill: coefficients.count, coefficients: coefficients, conditionNumber: conditionNumber,
                tally: Tally()))
    }

    private static func page(_ metrics: EpochMetrics) -> String {
        HTMLReport(description: RunDescription(title: "t", settings: [], environment: []), metrics: [metrics]).html()
    }

    @Test func coefficientsAndConditionNumberStandInATable() {
        let page = Self.page(Self.metrics(coefficients: [-0.25, 1.25], conditionNumber: 1e8))
        #expect(page.contains("Extrapolations"))
        #expect(
            page.contains(
                "<tr><th scope=\"row\">3</th><td class=\"text\">offered</td><td>1.00·10⁸</td>"
                    + "<td class=\"text\">−0.25, 1.25</td></tr>"))
        #expect(Self.page(Self.metrics(coefficients: [1], conditionNumber: nil)).contains("<td>–</td>"))
    }

    @Test func aRunWithoutCoefficientsHasNoSuchTable() {
        let metrics = Self.metrics(coefficients: [], conditionNumber: nil)
        #expect(metrics.coefficients == nil)
        #expect(!Self.page(metrics).contains("Extrapolations"))
    }

    @Test(arguments: [2.5, .infinity]) func metricsHoldThemAndReadBack(_ conditionNumber: Double) throws {
        let metrics = Self.metrics(coefficients: [-0.25, 1.25], conditionNumber: conditionNumber)
        let line = try MetricsLog.line(metrics)
        #expect(try MetricsLog.decode(line) == [metrics])
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.contains("\"coefficients\":[-0.25,1.25]"))
        #expect(text.contains("\"condition_number\":\(conditionNumber == 2.5 ? "2.5" : "\"Infinity\"")"))
    }
}
