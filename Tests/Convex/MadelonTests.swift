import Accelerators
import Convex
import Foundation
import Testing

/// RNA's logistic regression: Madelon with raw features, steps of 1/L, N = 10, from zero.
@Suite(.enabled(if: Problems.data != nil, "Madelon is neither in $SLIPSTREAM_DATA nor in ../shared/data"))
struct MadelonTests {
    static func comparison(_ conditionNumber: Double) throws -> ConvexComparison {
        let data = try Madelon.read("\(try #require(Problems.data))/madelon")
        return ConvexComparison(
            try LinearModel(data.features, targets: data.labels, loss: .logistic, conditionNumber: conditionNumber))
    }

    static func gradients(
        _ comparison: ConvexComparison, _ name: String, budget: Double
    ) throws -> Double? {
        let method = try ConvexMethodTable.make(name, ConvexMethodSettings())
        let trace = try comparison.run(method, budget: ConvexBudget(gradients: budget, tolerance: 1e-8))
        return trace.first(within: 1e-8)?.gradients
    }

    @Test func guardedAndAdaptiveRNABeatLBFGSOnABadlyConditionedProblem() throws {
        let comparison = try Self.comparison(1e6)
        #expect(comparison.minimum.relativeGradient < 1e-8)
        for name in ["gd+rna-guarded", "gd+rna-adaptive"] {
            let found = try Self.gradients(comparison, name, budget: 300)
            #expect(found != nil, "\(name)")
        }
        #expect(try Self.gradients(comparison, "lbfgs", budget: 400) == nil)
        #expect(try Self.gradients(comparison, "gd+rna-online", budget: 400) == nil)
        #expect(try Self.gradients(comparison, "gd", budget: 400) == nil)
    }

    @Test func onAWellConditionedOneTwentyGradientsAreEnough() throws {
        let comparison = try Self.comparison(1e3)
        for name in ["gd+rna-guarded", "gd+rna-adaptive", "gd+rna-online"] {
            let found = try Self.gradients(comparison, name, budget: 20)
            #expect(found != nil, "\(name)")
        }
    }

    @Test func limitedMemoryNeedsAFewMore() throws {
        #expect(try Self.gradients(Self.comparison(1e3), "lbfgs", budget: 40) != nil)
    }

    @Test func theFilesHoldWhatTheyShould() throws {
        let data = try Madelon.read("\(try #require(Problems.data))/madelon")
        #expect(data.features.rows == 2000)
        #expect(data.features.columns == 500)
        #expect(data.labels.count == 2000)
        #expect(Set(data.labels) == [-1, 1])
        #expect(Array(data.features.row(0).prefix(3)) == [485, 477, 537])
        let held = try Madelon.read("\(try #require(Problems.data))/madelon", part: .valid)
        #expect(held.features.rows == 600)
    }
}

/// Files that are not what they should be.
@Suite struct BadMadelonTests {
    static func read(data: String?, labels: String?) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("madelon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [("data", data), ("labels", labels)] {
            try text?.write(
                to: folder.appendingPathComponent("madelon_train.\(name)"), atomically: true, encoding: .utf8)
        }
        _ = try Madelon.read(folder.path)
    }

    @Test func whatIsWrongIsNamedWithItsPlace() throws {
        try Self.read(data: "1 2\n3 4 \n\n", labels: "1\n-1\n")
        let cases: [(data: String?, labels: String?, says: String)] = [
            (nil, "1\n", "cannot read"), ("1 2\n", nil, "cannot read"), ("", "1\n", "there are no rows"),
            ("1 2\n3\n", "1\n1\n", "line 2: 1 numbers, but the first has 2"),
            ("1 x\n", "1\n", "line 1: 'x' is not a number"), ("1 inf\n", "1\n", "'inf' is not a number"),
            ("1 2\n", "0\n", "line 1: not a label, -1 or 1"), ("1 2\n", "1 1\n", "line 1: not a label"),
            ("1 2\n", "1\n1\n", "2, but there should be 1"),
        ]
        for (data, labels, says) in cases {
            let error = #expect(throws: ConvexError.self) { try Self.read(data: data, labels: labels) }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "nothing")")
        }
    }
}
