import Buffers
import Optimizers
import Testing

@Suite struct SettingTests {
    @Test func defaultsInCodeAndInTheTableAgree() throws {
        #expect(try SGD() == SGD(settings: [:]))
        #expect(try Adam() == Adam(settings: [:]))
        for rule in OptimizerTable.builtIn {
            for setting in rule.settings { #expect(setting.range.contains(setting.standard), "\(setting.name)") }
        }
    }

    @Test(arguments: [
        ("sgd", "momentum", 1.0), ("sgd", "momentum", -0.1), ("sgd", "momentum", .nan), ("sgd", "nesterov", 0.5),
        ("sgd", "weight-decay", -1e-4), ("sgd", "weight-decay", .infinity), ("adam", "beta1", 1.0),
        ("adam", "beta2", .nan), ("adam", "epsilon", 0), ("adamw", "weight-decay", -1), ("adagrad", "rate-decay", -1),
        ("adagrad", "initial-sum", .nan), ("adadelta", "rho", 1), ("rmsprop", "smoothing", 1),
        ("rmsprop", "centred", 2),
        ("adaptive-nesterov", "confidence", 0), ("neumann", "averaging", 1), ("neumann", "reset-epochs", 0),
        ("sda", "gamma", 0), ("rda", "lambda", -1e-9), ("rda", "scale-centre", 2), ("prox-sgd", "lambda", .infinity),
    ])
    func aValueOutsideItsRangeIsNamedWithTheRange(_ rule: String, _ name: String, _ value: Double) throws {
        let allowed = try #require(
            try OptimizerTable.find(rule).settings.first { $0.name == name }?.range.description)
        let error = #expect(throws: OptimizerError.self) { try OptimizerTable.make(rule, settings: [name: value]) }
        #expect(error == .setting(.outOfRange(name: name, value: value, allowed: allowed)))
        #expect(error?.description.contains(allowed) == true)
    }

    @Test func theTypedInitialisersRefuseTheSameValues() {
        #expect(throws: SettingError.self) { try SGD(momentum: 1) }
        #expect(throws: SettingError.self) { try SGD(weightDecay: .nan) }
        #expect(throws: SettingError.self) { try Adam(beta1: -0.1) }
        #expect(throws: SettingError.self) { try Adam(epsilon: 0) }
    }

    @Test func nesterovNeedsAMomentum() {
        let error = #expect(throws: SettingError.self) { try SGD(nesterov: true) }
        #expect(
            error?.description == "nesterov and momentum 0 do not go together: give a momentum above 0, such as 0.9")
    }

    @Test(arguments: [
        ("adaptive-nesterov", ["step-minimum": 0.2], "step-minimum 0.2 and step-maximum 0.1 do not go together"),
        ("adaptive-nesterov", ["square-maximum": 1e-9], "square-minimum 0.0001 and square-maximum 1e-09 do not"),
        ("neumann", ["momentum-minimum": 0.95], "momentum-minimum 0.95 and momentum-maximum 0.9 do not go together"),
        ("rda", ["threshold": 0.01], "threshold 0.01 and threshold-epochs 0 do not go together: give both above 0"),
        ("rda", ["threshold-epochs": 3], "threshold 0 and threshold-epochs 3 do not go together: give both above 0"),
        ("rda", ["threshold": 0.01, "threshold-epochs": 3, "lambda": 1], "lambda and threshold do not go together"),
    ])
    func settingsThatContradictEachOtherAreRefused(_ rule: String, _ settings: [String: Double], _ message: String) {
        let error = #expect(throws: OptimizerError.self) { try OptimizerTable.make(rule, settings: settings) }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func aBoundOfZeroIsNone() throws {
        let free = try OptimizerTable.make(
            "adaptive-nesterov",
            settings: ["step-minimum": 0.2, "step-maximum": 0, "square-minimum": 0, "square-maximum": 0])
        let rule = try #require(free as? AdaptiveNesterov)
        #expect(rule.stepSize(loss: 3, squaredNorm: 1e-6) == 3 / 1e-6)
        #expect(rule.stepSize(loss: 3, squaredNorm: 1e12) == 0.2)
        #expect(rule.stepSize(loss: 3, squaredNorm: 0) == 0)
    }

    @Test func unknownNamesAreListedWithTheKnownOnes() {
        let unknown = #expect(throws: OptimizerError.self) { try OptimizerTable.make("sdg") }
        guard case .unknownRule(name: "sdg", let known) = unknown else {
            Issue.record("\(String(describing: unknown))")
            return
        }
        // Tests that run at the same time may register plugins.
        #expect(known.starts(with: OptimizerTable.builtIn.map { $0.name }))
        #expect(
            OptimizerError.unknownRule(name: "sdg", known: ["adam", "sgd"]).description
                == "no optimizer is named 'sdg'; did you mean 'sgd'? Known: adam, sgd")
        #expect(
            OptimizerError.unknownRule(name: "newton", known: ["adam", "sgd"]).description
                == "no optimizer is named 'newton'. Known: adam, sgd")
        let error = #expect(throws: OptimizerError.self) {
            try OptimizerTable.make("sgd", settings: ["momentun": 0.9])
        }
        #expect(
            error?.description
                == "sgd has no setting 'momentun'; did you mean 'momentum'? "
                + "It has: momentum, nesterov, weight-decay, decay-weights-only")
    }

    @Test func rangesAreWrittenInWords() {
        #expect(SettingRange.halfOpen(0, below: 1).description == "at least 0 and below 1")
        #expect(SettingRange.above(0).description == "a finite number above 0")
        #expect(SettingRange.from(0).description == "a finite number of at least 0")
        #expect(SettingRange.closed(0, 2).description == "from 0 to 2")
        #expect(SettingRange.whole(1, 8).description == "a whole number from 1 to 8")
        #expect(SettingRange.flag.description == "0 (no) or 1 (yes)")
        #expect(!SettingRange.from(0).contains(.infinity))
        #expect(!SettingRange.closed(0, 1).contains(.nan))
        #expect(!SettingRange.whole(1, 8).contains(2.5))
    }

    @Test func aStepRefusesWhatDoesNotFitAndChangesNothing() throws {
        let rule = try SGD(momentum: 0.9)
        let state = try rule.makeState(count: 3, as: Float.self)
        let theta = try AlignedBuffer<Float>([1, 2, 3])
        let short = try AlignedBuffer<Float>([1, 1])
        func step(_ theta: AlignedBuffer<Float>, _ g: AlignedBuffer<Float>, _ rate: Double, _ rule: any Optimizer)
            throws
        {
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: 0, learningRate: rate)
            try rule.step(context, state: state, workers: .serial)
        }
        #expect(throws: OptimizerError.wrongCount(what: "gradient", expected: 3, found: 2)) {
            try step(theta, short, 0.1, rule)
        }
        #expect(throws: OptimizerError.wrongCount(what: "parameters", expected: 3, found: 2)) {
            try step(short, theta, 0.1, rule)
        }
        for rate in [-0.1, .nan, .infinity] {
            #expect(throws: OptimizerError.badLearningRate("\(rate)")) { try step(theta, theta, rate, rule) }
        }
        #expect(throws: OptimizerError.foreignState(rule: "adam", found: "sgd")) {
            try step(theta, theta, 0.1, try Adam())
        }
        #expect(throws: OptimizerError.wrongCount(what: "parameters", expected: 0, found: -1)) {
            try rule.makeState(count: -1, as: Float.self)
        }
        #expect(Array(theta.elements) == [1, 2, 3])
        #expect(state.steps == 0)
    }

    @Test func aSavedStateThatDoesNotFitIsRefused() throws {
        let rule = try Adam()
        let state = try rule.makeState(count: 3, as: Float.self)
        let three = try AlignedBuffer<Float>([1, 2, 3])
        let two = try AlignedBuffer<Float>([1, 2])
        func restore(_ vectors: [String: UnsafeBufferPointer<Float>], _ numbers: [String: [Double]]) throws(StateError)
        {
            try state.restore(vectors: vectors, numbers: numbers)
        }
        let names = ["first-moment", "second-moment"]
        #expect(throws: StateError.missing(name: "second-moment", expected: names)) {
            try restore(["first-moment": three.elements], ["steps": [1]])
        }
        #expect(throws: StateError.wrongCount(name: "second-moment", expected: 3, found: 2)) {
            try restore(["first-moment": three.elements, "second-moment": two.elements], ["steps": [1]])
        }
        let both = ["first-moment": three.elements, "second-moment": three.elements]
        #expect(throws: StateError.unexpected(name: "velocity", expected: names)) {
            try restore(both.merging(["velocity": three.elements]) { $1 }, ["steps": [1]])
        }
        #expect(throws: StateError.missing(name: "steps", expected: ["steps"])) { try restore(both, [:]) }
        for steps in [-1, 0.5, .nan] {
            let error = #expect(throws: StateError.self) { try restore(both, ["steps": [steps]]) }
            guard case .badValue("steps", _, _) = error else {
                Issue.record("\(steps) gave \(String(describing: error))")
                continue
            }
        }
        #expect(state.steps == 0)
        #expect(state.vectors.allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
    }
}
