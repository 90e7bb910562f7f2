import Buffers
import Convex
import Testing

@Suite struct ObjectiveTests {
    static func objectives() throws -> [(name: String, objective: any ConvexObjective)] {
        [
            ("logistic", try Problems.model(.logistic)), ("squared", try Problems.model(.squared)),
            ("quadratic", try Problems.quadratic(20, condition: 50).objective),
        ]
    }

    @Test func gradientsAreTheSlopesOfValues() throws {
        for (name, objective) in try Self.objectives() {
            var random = Philox(seed: 3)
            let (x, direction) = (
                Problems.vector(objective.dimension, &random), Problems.vector(objective.dimension, &random)
            )
            var gradient = x
            let value = objective.gradient(at: x, into: &gradient)
            #expect(abs(value - objective.value(at: x)) <= 1e-14 * abs(value), "\(name)")
            let h = 1e-5
            let (up, down) = (zip(x, direction).map { $0 + h * $1 }, zip(x, direction).map { $0 - h * $1 })
            let slope = (objective.value(at: up) - objective.value(at: down)) / (2 * h)
            let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(slope - expected) < 1e-8 * max(1, abs(expected)), "\(name)")

            var (above, below, product) = (x, x, x)
            objective.gradient(at: up, into: &above)
            objective.gradient(at: down, into: &below)
            objective.hessianProduct(at: x, with: direction, into: &product)
            #expect(scaledError(zip(above, below).map { ($0 - $1) / (2 * h) }, product) < 1e-8, "\(name)")
        }
    }

    @Test func theConstantsBoundTheCurvature() throws {
        for (name, objective) in try Self.objectives() {
            var random = Philox(seed: 4)
            for _ in 0..<20 {
                let (x, v) = (
                    Problems.vector(objective.dimension, &random), Problems.vector(objective.dimension, &random)
                )
                var product = v
                objective.hessianProduct(at: x, with: v, into: &product)
                let curvature =
                    zip(v, product).reduce(0) { $0 + $1.0 * $1.1 } / v.reduce(0) { $0 + $1 * $1 }
                #expect(curvature <= objective.smoothness * (1 + 1e-12), "\(name)")
                #expect(curvature >= objective.strongConvexity * (1 - 1e-12), "\(name)")
            }
        }
        let model = try Problems.model(.logistic, conditionNumber: 1234)
        #expect(abs(model.conditionNumber - 1234) < 1e-9)
        let quadratic = try Problems.quadratic(12, condition: 50).objective
        #expect(abs(quadratic.smoothness - 50) < 1e-9)
    }

    @Test func aSumIsTheMeanOfItsTerms() throws {
        for loss in Loss.allCases {
            let model = try Problems.model(loss)
            var random = Philox(seed: 5)
            let x = Problems.vector(model.dimension, &random)
            var expected = x.map { model.regularization * $0 }
            for index in 0..<model.termCount {
                let slope = model.slope(ofTerm: index, at: x) / Double(model.termCount)
                for (k, value) in model.row(index).enumerated() { expected[k] += slope * value }
            }
            var gradient = x
            model.gradient(at: x, into: &gradient)
            #expect(scaledError(gradient, expected) < 1e-13)
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
        let (one, three) = (
            try Problems.model(.logistic, rows: 1000, workers: .serial),
            try Problems.model(.logistic, rows: 1000, workers: Workers(3))
        )
        var random = Philox(seed: 6)
        let x = Problems.vector(one.dimension, &random)
        var (a, b) = (x, x)
        #expect(one.gradient(at: x, into: &a) == three.gradient(at: x, into: &b))
        #expect(a == b)
        #expect(one.value(at: x) == three.value(at: x))
        #expect(one.smoothness == three.smoothness)
    }

    @Test func lossesAreFiniteForLargeArguments() throws {
        let features = try FeatureMatrix([1000, -1000], columns: 1)
        let model = try LinearModel(features, targets: [1, 1], loss: .logistic, regularization: 0)
        var gradient = [0.0]
        #expect(model.gradient(at: [100], into: &gradient) == 5e4)
        #expect(gradient == [500])
    }

    @Test func theReferenceMinimumIsOne() throws {
        let (quadratic, minimiser) = try Problems.quadratic(30, condition: 1000)
        #expect(scaledError(ReferenceMinimum(of: quadratic).point, minimiser) < 1e-11)
        for loss in Loss.allCases {
            let minimum = ReferenceMinimum(of: try Problems.model(loss, conditionNumber: 1e6))
            #expect(minimum.relativeGradient < 1e-11)
        }
    }

    @Test func whatIsNoProblemIsRefused() throws {
        let features = try FeatureMatrix([1, 2, 3, 4], columns: 2)
        #expect(throws: ConvexError.empty(what: "features")) { try FeatureMatrix([], columns: 2) }
        #expect(throws: ConvexError.wrongCount(what: "features", expected: 6, found: 4)) {
            try FeatureMatrix([1, 2, 3, 4], columns: 3)
        }
        #expect(throws: ConvexError.notFinite(what: "the features")) { try FeatureMatrix([1, .nan], columns: 2) }
        #expect(throws: ConvexError.wrongCount(what: "targets", expected: 2, found: 1)) {
            try LinearModel(features, targets: [1], loss: .squared, regularization: 0)
        }
        #expect(throws: ConvexError.badLabel(index: 1, value: 0)) {
            try LinearModel(features, targets: [1, 0], loss: .logistic, regularization: 0)
        }
        for bad in [1, 0.5, -3, Double.nan, .infinity] {
            #expect(throws: ConvexError.self) {
                try LinearModel(features, targets: [1, -1], loss: .logistic, conditionNumber: bad)
            }
        }
        #expect(throws: ConvexError.self) {
            try LinearModel(features, targets: [1, -1], loss: .logistic, regularization: -1)
        }
        #expect(throws: ConvexError.self) {
            try LinearModel(FeatureMatrix([0, 0], columns: 1), targets: [1, -1], loss: .logistic, regularization: 1)
        }
        #expect(throws: ConvexError.notSymmetric(row: 1, column: 0)) {
            try QuadraticObjective(matrix: [1, 2, 3, 4], linear: [1, 1])
        }
        #expect(throws: ConvexError.wrongCount(what: "elements of the matrix", expected: 4, found: 3)) {
            try QuadraticObjective(matrix: [1, 2, 3], linear: [1, 1])
        }
    }
}
