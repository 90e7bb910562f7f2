import Buffers
import Optimizers
import Testing

/// What every rule in the table has to do.
@Suite struct OptimizerPropertyTests {
    static let segmented: [(name: String, shape: [Int], kind: ParameterKind)] = [
        ("a", [300, 100], .weight), ("b", [7], .bias), ("c", [123], .scale), ("d", [211, 111], .weight),
        ("mean", [55], .statistic),
    ]

    @Test func everyRuleOfTheTableHasACase() {
        #expect(Set(OptimizerTable.builtIn.map { $0.name }) == Set(RuleCase.all.map(\.rule)))
    }

    @Test(arguments: RuleCase.all)
    func convergesOnAQuadratic(_ rule: RuleCase) throws {
        let problem = Problem.quadratic
        let double = try problem.run(rule.make(), as: Double.self, rate: rule.quadraticRate, steps: 3000)
        #expect(problem.distance(of: double) < rule.quadraticError)
        let single = try problem.run(rule.make(), as: Float.self, rate: rule.quadraticRate, steps: 3000)
        #expect(problem.distance(of: single) < rule.quadraticError + 1e-4)
    }

    @Test(arguments: RuleCase.all)
    func convergesOnRosenbrock(_ rule: RuleCase) throws {
        let problem = Problem.rosenbrock
        let optimizer = try rule.makeForRosenbrock()
        let double = try problem.run(optimizer, as: Double.self, rate: rule.rosenbrockRate, steps: 60_000)
        #expect(problem.distance(of: double) < rule.rosenbrockError)
        let single = try problem.run(optimizer, as: Float.self, rate: rule.rosenbrockRate, steps: 60_000)
        #expect(problem.distance(of: single) < rule.rosenbrockError + 2e-2)
    }

    @Test(arguments: RuleCase.all)
    func zeroGradientIsAFixedPoint(_ rule: RuleCase) throws {
        let optimizer = try rule.make()
        let state = try optimizer.makeState(count: 100, as: Float.self)
        let theta = try AlignedBuffer((0..<100).map { rule.drawsToOrigin ? 0 : Float($0) - 50 })
        let before = try theta.copy()
        let zeros = try AlignedBuffer<Float>(count: 100)
        for _ in 0..<5 {
            optimizer.displace(theta.mutableElements, state: state, workers: .serial)
            let context = StepContext(
                parameters: theta.mutableElements, gradient: zeros.elements, loss: 0, learningRate: 0.5)
            try optimizer.step(context, state: state, workers: .serial)
        }
        #expect(sameBits(theta, before))
        #expect(state.steps == 5)
    }

    @Test(arguments: RuleCase.all)
    func aSavedAndRestoredStateContinuesWithTheSameBits(_ rule: RuleCase) throws {
        let layout = try ParameterLayout(Self.segmented)
        let whole = try Run<Float>(rule.make(), layout: layout)
        try whole.steps(0..<9)
        let first = try Run<Float>(rule.make(), layout: layout)
        try first.steps(0..<4)
        let second = try Run<Float>(rule.make(), layout: layout)
        second.theta.assign(first.theta)
        try second.state.restore(
            vectors: Dictionary(uniqueKeysWithValues: first.state.vectors.map { ($0.name, $0.elements) }),
            numbers: Dictionary(uniqueKeysWithValues: first.state.numbers.map { ($0.name, $0.values) }))
        #expect(second.state.steps == 4)
        try second.steps(4..<9)
        #expect(sameBits(second.theta, whole.theta))
        #expect(!sameBits(first.theta, whole.theta))
    }

    @Test(arguments: RuleCase.all)
    func threadsDoNotChangeABit(_ rule: RuleCase) throws {
        let layout = try ParameterLayout(Self.segmented)
        try check(Float.self)
        try check(Double.self)

        func check<Element: Scalar>(_ type: Element.Type) throws {
            let serial = try Run<Element>(rule.make(), layout: layout)
            let parallel = try Run<Element>(rule.make(), layout: layout)
            try serial.steps(0..<3)
            try parallel.steps(0..<3, workers: Workers(3))
            #expect(sameBits(serial.theta, parallel.theta))
        }
    }

    @Test(arguments: RuleCase.all)
    func segmentsDoNotMatter(_ rule: RuleCase) throws {
        let segmented = try ParameterLayout(Self.segmented)
        let single = try ParameterLayout([("all", [segmented.trainableCount], .weight)])
        let weights = [
            try ParameterLayout([("x", [30_001], .weight), ("y", [23_551], .weight)]),
            try ParameterLayout([("all", [53_552], .weight)]),
        ]
        var cases = [(try rule.make(), rule.tellsKindsApart || rule.drawsToOrigin ? weights : [segmented, single])]
        // Decay of weights only goes segment by segment; a single segment of weights decays as a whole.
        if cases[0].0.values["weight-decay"] != nil {
            let decay: [String: Double] = ["weight-decay": 0.1, "decay-weights-only": 1]
            cases.append((try OptimizerTable.make(rule.rule, settings: rule.settings.merging(decay) { $1 }), weights))
        }
        for (optimizer, layouts) in cases {
            let runs = try layouts.map { try Run<Float>(optimizer, layout: $0) }
            for run in runs { try run.steps(0..<3) }
            #expect(sameBits(runs[0].theta, runs[1].theta))
        }
    }

    @Test(arguments: RuleCase.all)
    func settingsMakeTheSameRuleAgain(_ rule: RuleCase) throws {
        let optimizer = try rule.make()
        let again = try OptimizerTable.make(rule.rule, settings: optimizer.values)
        #expect(again.values == optimizer.values)
        #expect(Set(optimizer.values.keys) == Set(type(of: optimizer).settings.map(\.name)))
        for (name, value) in rule.settings { #expect(optimizer.values[name] == value) }
    }

    @Test func weightDecayCanSpareEverythingButWeights() throws {
        let layout = try ParameterLayout([
            ("w", [2], .weight), ("b", [1], .bias), ("s", [1], .scale), ("t", [1], .shift),
        ])
        let rules = OptimizerTable.rules(with: "weight-decay").map { $0.name }
        #expect(rules == ["sgd", "adam", "adamw", "adagrad", "adadelta", "rmsprop"])
        for (name, weightsOnly) in rules.flatMap({ [($0, 1.0), ($0, 0.0)] }) {
            let rule = try OptimizerTable.make(
                name, settings: ["weight-decay": 0.5, "decay-weights-only": weightsOnly])
            let state = try rule.makeState(for: layout, as: Double.self)
            let theta = try AlignedBuffer([1.0, 1, 1, 1, 1])
            let zeros = try AlignedBuffer<Double>(count: 5)
            let context = StepContext(
                parameters: theta.mutableElements, gradient: zeros.elements, loss: 0, learningRate: 0.1)
            try rule.step(context, state: state, workers: .serial)
            for index in 0..<5 {
                #expect((theta.pointer[index] < 1) == (index < 2 || weightsOnly == 0), "\(name), element \(index)")
            }
        }
    }
}
