import Foundation
import Testing
import Training

@Suite struct MetricsLogTests {
    private func decode(_ text: String) -> Result<[EpochMetrics], MetricsLogError> {
        Result { () throws(MetricsLogError) in try MetricsLog.decode(Data(text.utf8)) }
    }

    private func failure(_ text: String) -> MetricsLogError? {
        if case .failure(let error) = decode(text) { return error }
        return nil
    }

    private func line(_ number: Int) throws -> String {
        String(decoding: try MetricsLog.line(ReportTests.run(number)[number - 1]), as: UTF8.self)
    }

    @Test func whatWasWrittenIsReadBackToTheBit() throws {
        var metrics = ReportTests.run(40, rejected: [7])
        metrics[3].loss = 0.1 + 0.2
        metrics[4].loss = .infinity
        metrics[5].acceleratedLoss = -.infinity
        metrics[6].seconds = .leastNonzeroMagnitude
        metrics[8].proposal = "rejected: \"worse\"\n{}\u{2028}ü"
        let data = try MetricsLog.encode(metrics)
        #expect(try MetricsLog.decode(data) == metrics)
        #expect(data.split(separator: UInt8(ascii: "\n")).count == 40)
        let appended = try metrics.reduce(into: Data()) { try $0.append(MetricsLog.line($1)) }
        #expect(appended == data)

        var undefined = metrics[0]
        undefined.loss = .nan
        #expect(try MetricsLog.decode(try MetricsLog.line(undefined)).first?.loss.isNaN == true)
    }

    @Test func keysAreSortedAndThoseOfAbsentValuesLeftOut() throws {
        let keys = { (text: String) in
            text.split(separator: "\"").map(String.init).filter { $0.allSatisfy { $0.isLetter || $0 == "_" } }
        }
        let common = [
            "accuracy", "epoch", "images_per_second", "learning_rate", "loss", "seconds", "stall_seconds", "steps",
            "training_accuracy", "training_loss",
        ]
        let plain = try MetricsLog.line(ReportTests.run(1, accelerated: false)[0])
        #expect(keys(String(decoding: plain, as: UTF8.self)) == common)
        let accelerated = try MetricsLog.line(ReportTests.run(2)[1])
        let all = (common + ["accelerated_accuracy", "accelerated_loss", "accepted", "proposal"]).sorted()
        #expect(keys(String(decoding: accelerated, as: UTF8.self)).sorted() == all)
        #expect(keys(String(decoding: accelerated, as: UTF8.self)).first == "accelerated_accuracy")
    }

    @Test func blankLinesNullsAndAMissingLastLineFeedArePassedOver() throws {
        let one = try line(1)
        let text = "\n" + one.replacing("\n", with: "\r\n") + "  \n" + (try line(2)).dropLast()
        #expect(try decode(text).get().map(\.epoch) == [1, 2])
        let explicit = one.replacing("{", with: "{\"accelerated_loss\": null, \"future_key\": [1], ")
        #expect(try decode(explicit).get().map(\.acceleratedLoss) == [nil])
        #expect(try decode("").get().isEmpty)
    }

    @Test func aMalformedLineIsNamedByNumberAndCause() throws {
        let one = try line(1)
        let good = one + "\n" + one
        #expect(failure(good + "{broken\n" + one) == MetricsLogError(line: 4, problem: .notJSON))
        #expect(failure("[1, 2]\n") == MetricsLogError(line: 1, problem: .notAnObject))
        #expect(failure("null\n") == MetricsLogError(line: 1, problem: .notAnObject))
        let missing = one.replacing("\"steps\"", with: "\"stairs\"")
        #expect(failure(good + missing) == MetricsLogError(line: 4, problem: .missing(key: "steps")))
        let values: [(String, MetricsLogError.Problem)] = [
            ("\"1\"", .unsuitable(key: "epoch")), ("null", .unsuitable(key: "epoch")),
            ("true", .unsuitable(key: "epoch")), ("1.5", .unsuitableNumber), ("1e30", .unsuitableNumber),
        ]
        for (value, problem) in values {
            let wrong = one.replacing("\"epoch\":1", with: "\"epoch\":\(value)")
            #expect(wrong != one)
            #expect(failure(wrong) == MetricsLogError(line: 1, problem: problem), "\(value)")
        }
        #expect(failure(good + "{broken\n")?.description.contains("line 4") == true)
        #expect(failure(missing)?.description.contains("\"steps\"") == true)
    }

    @Test func aFileCutOffAnywhereIsCalledUnfinishedNotCorrupt() throws {
        let one = try line(1)
        for count in 1..<(one.utf8.count - 1) {
            let cut = Data((one + one).utf8.prefix(one.utf8.count + count))
            #expect(throws: MetricsLogError(line: 2, problem: .unfinished), "\(count)") {
                try MetricsLog.decode(cut)
            }
        }
    }

    @Test func bytesThatAreNotUTF8AreNotJSON() throws {
        let data = Data(try line(1).utf8) + [0x7B, 0xFF, 0xFE, 0x7D, 0x0A]
        #expect(throws: MetricsLogError(line: 2, problem: .notJSON)) { try MetricsLog.decode(data) }
    }
}
