import Buffers
import Optimizers

/// A smooth function with a known minimiser, to run rules on.
struct Problem: Sendable, CustomStringConvertible {
    let name: String
    let start: [Double]
    let minimiser: [Double]
    let loss: @Sendable ([Double]) -> Double
    let gradient: @Sendable ([Double]) -> [Double]

    var description: String { name }

    /// ½ Σ a_i (x_i − i)², with condition number 10.
    static let quadratic: Problem = {
        let curvatures = [1.0, 4.0, 10.0]
        @Sendable func loss(_ x: [Double]) -> Double {
            var total = 0.0
            for (index, curvature) in curvatures.enumerated() {
                let distance = x[index] - Double(index)
                total += curvature * distance * distance / 2
            }
            return total
        }
        return Problem(name: "quadratic", start: [5, -3, 7], minimiser: [0, 1, 2], loss: loss) { x in
            x.indices.map { curvatures[$0] * (x[$0] - Double($0)) }
        }
    }()

    /// (1 − x)² + 100 (y − x²)², from the customary start.
    static let rosenbrock = Problem(
        name: "Rosenbrock", start: [-1.2, 1], minimiser: [1, 1],
        loss: { p in
            let (x, y) = (p[0], p[1])
            let height = y - x * x
            return (1 - x) * (1 - x) + 100 * height * height
        },
        gradient: { p in
            let (x, y) = (p[0], p[1])
            return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
        })

    /// Runs a rule and returns the last point.
    func run<Element: Scalar>(
        _ rule: any Optimizer, as type: Element.Type, rate: Double, steps: Int
    ) throws -> [Double] {
        let state = try rule.makeState(count: start.count, as: type)
        let theta = try AlignedBuffer(start.map { Element($0) })
        let g = try AlignedBuffer<Element>(count: start.count)
        for _ in 0..<steps {
            rule.displace(theta.mutableElements, state: state, workers: .serial)
            let point = theta.elements.map { Double($0) }
            for (index, value) in gradient(point).enumerated() { g.pointer[index] = Element(value) }
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: loss(point), learningRate: rate)
            try rule.step(context, state: state, workers: .serial)
        }
        let iterate = try AlignedBuffer<Element>(count: start.count)
        rule.readIterate(from: theta.elements, into: iterate.mutableElements, state: state, workers: .serial)
        return iterate.elements.map { Double($0) }
    }

    /// The largest distance of a coordinate from the minimiser's.
    func distance(of point: [Double]) -> Double { zip(point, minimiser).map { abs($0 - $1) }.max() ?? 0 }
}

/// A rule with settings and learning rates under which it has to solve both problems.
struct RuleCase: Sendable, CustomStringConvertible {
    let rule: String
    var settings: [String: Double] = [:]
    let quadraticRate: Double
    let rosenbrockRate: Double
    /// What the settings are on Rosenbrock's function, where they are others.
    var rosenbrockSettings: [String: Double] = [:]
    /// How near the minimiser 3000 steps have to come on the quadratic, in double precision; in single, 1e-4 is added.
    var quadraticError = 1e-8
    /// How near 60,000 steps have to come on Rosenbrock's function; in single precision, 2e-2 is added.
    var rosenbrockError = 1e-6
    /// Whether the rule draws to the origin: dual averaging, where no gradient says otherwise.
    var drawsToOrigin = false
    /// Whether weights are treated in another way than biases.
    var tellsKindsApart = false

    var description: String { "\(rule) \(settings.sorted { $0.key < $1.key })" }

    func make() throws -> any Optimizer { try OptimizerTable.make(rule, settings: settings) }

    func makeForRosenbrock() throws -> any Optimizer {
        try OptimizerTable.make(rule, settings: settings.merging(rosenbrockSettings) { $1 })
    }

    static let all = [
        RuleCase(rule: "sgd", quadraticRate: 0.1, rosenbrockRate: 1e-3),
        RuleCase(rule: "sgd", settings: ["momentum": 0.9], quadraticRate: 0.02, rosenbrockRate: 1e-4),
        RuleCase(rule: "sgd", settings: ["momentum": 0.9, "nesterov": 1], quadraticRate: 0.02, rosenbrockRate: 1e-4),
        RuleCase(rule: "adam", quadraticRate: 0.05, rosenbrockRate: 1e-3),
        // Decoupled decay moves the minimiser, so there is none here.
        RuleCase(rule: "adamw", settings: ["weight-decay": 0], quadraticRate: 0.05, rosenbrockRate: 1e-3),
        RuleCase(rule: "adagrad", quadraticRate: 1, rosenbrockRate: 0.5),
        RuleCase(rule: "adadelta", settings: ["epsilon": 1e-3], quadraticRate: 0.1, rosenbrockRate: 1e-3),
        // With a small ε the steps of RMSProp keep their length, and it hovers about the minimiser.
        RuleCase(
            rule: "rmsprop", settings: ["epsilon": 0.1], quadraticRate: 0.01, rosenbrockRate: 1e-4,
            rosenbrockError: 1e-5),
        RuleCase(
            rule: "rmsprop", settings: ["epsilon": 0.1, "momentum": 0.9, "centred": 1], quadraticRate: 1e-3,
            rosenbrockRate: 1e-5),
        // Rosenbrock's valley is so flat that Polyak's step leaves it unless it is bounded.
        RuleCase(
            rule: "adaptive-nesterov", quadraticRate: 0, rosenbrockRate: 0,
            rosenbrockSettings: ["step-minimum": 0, "step-maximum": 2e-4, "square-minimum": 0]),
        // The repulsive regulariser keeps w off its average for good.
        RuleCase(
            rule: "neumann", settings: ["repulsion": 0], quadraticRate: 0.02, rosenbrockRate: 1e-4),
        // Steps that shorten as 1/√t do not get through Rosenbrock's valley, which begins 2.2 away; dual averaging comes
        // near a quadratic's minimiser as 1/√t only.
        RuleCase(
            rule: "sda", settings: ["gamma": 5], quadraticRate: 0, rosenbrockRate: 0,
            rosenbrockSettings: ["gamma": 400], quadraticError: 0.1, rosenbrockError: 0.8, drawsToOrigin: true),
        RuleCase(
            rule: "rda", settings: ["gamma": 5, "lambda": 1e-3], quadraticRate: 0, rosenbrockRate: 0,
            rosenbrockSettings: ["gamma": 400], quadraticError: 0.1, rosenbrockError: 0.8, drawsToOrigin: true,
            tellsKindsApart: true),
        RuleCase(rule: "prox-sgd", quadraticRate: 0.19, rosenbrockRate: 1e-3, rosenbrockError: 1.6),
    ]
}

/// Steps of a rule over large buffers with reproducible contents.
final class Run<Element: Scalar> {
    let rule: any Optimizer
    let state: OptimizerState<Element>
    let theta: AlignedBuffer<Element>
    private let g: AlignedBuffer<Element>

    init(_ rule: any Optimizer, layout: ParameterLayout) throws {
        self.rule = rule
        state = try rule.makeState(for: layout, as: Element.self)
        theta = try AlignedBuffer(count: layout.trainableCount)
        g = try AlignedBuffer(count: layout.trainableCount)
        var random = Philox(seed: 3)
        for index in 0..<theta.count { theta.pointer[index] = Element(random.normal()) }
    }

    func steps(_ numbers: Range<Int>, workers: Workers = .serial) throws {
        for number in numbers {
            var random = Philox(seed: 4, stream: UInt64(number))
            for index in 0..<g.count { g.pointer[index] = Element(random.uniform() - 0.5) }
            rule.displace(theta.mutableElements, state: state, workers: workers)
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: 1, learningRate: 0.1)
            try rule.step(context, state: state, workers: workers)
        }
    }
}

func sameBits<Element: Scalar>(_ a: AlignedBuffer<Element>, _ b: AlignedBuffer<Element>) -> Bool {
    UnsafeRawBufferPointer(a.elements).elementsEqual(UnsafeRawBufferPointer(b.elements))
}
