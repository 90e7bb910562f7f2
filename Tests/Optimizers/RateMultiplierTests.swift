import Buffers
import Optimizers
import Testing

/// Learning rates that differ from part to part of θ.
@Suite struct RateMultiplierTests {
    static let parts: [(name: String, shape: [Int], kind: ParameterKind)] = [
        ("a", [300, 100], .weight), ("b", [7], .bias), ("c", [123], .scale), ("d", [211, 111], .weight),
        ("e", [90], .bias), ("mean", [55], .statistic),
    ]
    static let factors = ["a": 0.1, "c": 3, "d": 0.25, "e": 0.25]

    /// Every rule that applies multipliers, with settings that make much of the learning rate.
    static let rules: [(name: String, settings: [String: Double])] = [
        ("sgd", ["weight-decay": 0.1]), ("sgd", ["momentum": 0.9, "weight-decay": 0.1, "decay-weights-only": 1]),
        ("sgd", ["momentum": 0.9, "nesterov": 1]), ("adam", ["weight-decay": 0.1]),
        ("adamw", ["weight-decay": 0.3, "decay-weights-only": 1]), ("adagrad", ["rate-decay": 0.1]),
        ("rmsprop", ["momentum": 0.9, "centred": 1, "epsilon": 0.01]), ("adadelta", ["weight-decay": 0.1]),
        ("prox-sgd", ["lambda": 0.2]),
    ]

    @Test func everyRuleAppliesMultipliersOrSaysWhyNot() {
        for rule in OptimizerTable.builtIn {
            #expect((rule.multiplierObstacle == nil) == Self.rules.map(\.name).contains(rule.name), "\(rule.name)")
        }
    }

    @Test(arguments: 0..<rules.count) func aPartMovesAsItWouldAloneWithItsOwnRate(_ number: Int) throws {
        try check(number, as: Float.self, within: 1e-6)
        try check(number, as: Double.self, within: 1e-14)
    }

    private func check<Element: Scalar>(_ number: Int, as type: Element.Type, within bound: Double) throws {
        let rule = try OptimizerTable.make(Self.rules[number].name, settings: Self.rules[number].settings)
        let layout = try ParameterLayout(Self.parts)
        let multipliers = try RateMultipliers(layout: layout, factors: Self.factors)
        let whole = try Walk<Element>(rule, layout, multipliers)
        let plain = try Walk<Element>(rule, layout, nil)
        for step in 0..<4 {
            try whole.step(step, rate: 0.05, workers: Workers(3))
            try plain.step(step, rate: 0.05)
        }
        for part in layout.segments where part.kind.isTrainable {
            let alone = try Walk<Element>(
                rule, ParameterLayout([(part.name, part.shape, part.kind)]), nil, from: part.offset)
            for step in 0..<4 { try alone.step(step, rate: 0.05 * (Self.factors[part.name] ?? 1)) }
            var (worst, scale, moved) = (0.0, 0.0, 0.0)
            for index in 0..<part.count {
                let found = Double(whole.theta.pointer[part.offset + index])
                worst = max(worst, abs(found - Double(alone.theta.pointer[index])))
                scale = max(scale, abs(found))
                moved = max(moved, abs(found - Double(plain.theta.pointer[part.offset + index])))
            }
            #expect(worst <= bound * scale, "\(rule.values) \(part.name)")
            #expect((moved > 1e-3 * scale) == (Self.factors[part.name] != nil), "\(rule.values) \(part.name)")
        }
    }

    @Test(arguments: 0..<rules.count) func factorsOfOneChangeNoBit(_ number: Int) throws {
        let rule = try OptimizerTable.make(Self.rules[number].name, settings: Self.rules[number].settings)
        let layout = try ParameterLayout(Self.parts)
        let one = try Walk<Float>(rule, layout, RateMultipliers(layout: layout, factors: ["a": 1]))
        let none = try Walk<Float>(rule, layout, nil)
        for step in 0..<3 {
            try one.step(step, rate: 0.05)
            try none.step(step, rate: 0.05)
        }
        #expect(one.theta.elements.elementsEqual(none.theta.elements))
    }

    @Test func otherRulesRefuseThemAndChangeNothing() throws {
        let layout = try ParameterLayout(Self.parts)
        let multipliers = try RateMultipliers(layout: layout, factors: Self.factors)
        for rule in OptimizerTable.builtIn {
            guard let reason = rule.multiplierObstacle else { continue }
            let walk = try Walk<Float>(try OptimizerTable.make(rule.name, settings: [:]), layout, multipliers)
            let before = try walk.theta.copy()
            #expect(throws: OptimizerError.multipliers(.unsupported(rule: rule.name, reason: reason))) {
                try walk.step(0, rate: 0.05)
            }
            #expect(walk.theta.elements.elementsEqual(before.elements) && walk.state.steps == 0)
        }
    }

    @Test func multipliersOfAnotherLayoutAreRefused() throws {
        let other = try ParameterLayout([("a", [3], .weight)])
        let walk = try Walk<Float>(
            SGD(), ParameterLayout(Self.parts), RateMultipliers(layout: other, factors: ["a": 2]))
        #expect(throws: OptimizerError.self) { try walk.step(0, rate: 0.1) }
    }

    @Test(arguments: [0, -0.5, .nan, .infinity, -.infinity] as [Double])
    func impossibleFactorsAreRefused(_ factor: Double) throws {
        let layout = try ParameterLayout(Self.parts)
        #expect(throws: RateMultiplierError.badFactor(name: "b", factor: "\(factor)")) {
            try RateMultipliers(layout: layout, factors: ["b": factor])
        }
    }

    @Test(arguments: ["mean", "nothing"]) func onlyTrainedParametersHaveFactors(_ name: String) throws {
        let layout = try ParameterLayout(Self.parts)
        #expect(throws: RateMultiplierError.untrained(name: name)) {
            try RateMultipliers(layout: layout, factors: [name: 2])
        }
    }

    @Test func factorsAreToldByElement() throws {
        let layout = try ParameterLayout(Self.parts)
        let multipliers = try RateMultipliers(layout: layout, factors: Self.factors)
        for part in layout.segments where part.kind.isTrainable {
            #expect(multipliers[part.offset] == Self.factors[part.name] ?? 1)
            #expect(multipliers[part.range.upperBound - 1] == Self.factors[part.name] ?? 1)
        }
        #expect(multipliers.count == layout.trainableCount)
    }
}

/// A rule on its way, with gradients that depend on an element's number in the whole alone.
private struct Walk<Element: Scalar> {
    let rule: any Optimizer
    let state: OptimizerState<Element>
    let theta: AlignedBuffer<Element>
    let multipliers: RateMultipliers?
    let first: Int

    init(_ rule: any Optimizer, _ layout: ParameterLayout, _ multipliers: RateMultipliers?, from first: Int = 0) throws
    {
        self.rule = rule
        self.multipliers = multipliers
        self.first = first
        state = try rule.makeState(for: layout, as: Element.self)
        theta = try AlignedBuffer((0..<layout.trainableCount).map { Self.number(first + $0, 7) })
    }

    private static func number(_ index: Int, _ step: Int) -> Element {
        Element(Double((index &* 7919 &+ step &* 104_729) % 1009) / 504 - 1)
    }

    func step(_ step: Int, rate: Double, workers: Workers = .serial) throws {
        let g = try AlignedBuffer((0..<theta.count).map { Self.number(first + $0, step) })
        let context = StepContext(
            parameters: theta.mutableElements, gradient: g.elements, loss: 1, learningRate: rate,
            multipliers: multipliers)
        try rule.step(context, state: state, workers: workers)
    }
}
