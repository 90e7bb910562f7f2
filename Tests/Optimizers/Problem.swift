import Buffers
import Optimizers

/// A smooth function with a known minimiser, to run rules on.
struct Problem: Sendable, CustomStringConvertible {
    let name: String
    let start: [Double]
    let minimiser: [Double]
    let gradient: @Sendable ([Double]) -> [Double]

    var description: String { name }

    /// ½ Σ a_i (x_i − i)², with condition number 10.
    static let quadratic: Problem = {
        let curvatures = [1.0, 4.0, 10.0]
        return Problem(name: "quadratic", start: [5, -3, 7], minimiser: [0, 1, 2]) { x in
            x.indices.map { curvatures[$0] * (x[$0] - Double($0)) }
        }
    }()

    /// (1 − x)² + 100 (y − x²)², from the customary start.
    static let rosenbrock = Problem(name: "Rosenbrock", start: [-1.2, 1], minimiser: [1, 1]) { p in
        let (x, y) = (p[0], p[1])
        return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
    }

    /// Runs a rule and returns the last point.
    func run<Element: Scalar>(
        _ rule: any Optimizer, as type: Element.Type, rate: Double, steps: Int
    ) throws -> [Double] {
        let state = try rule.makeState(count: start.count, as: type)
        let theta = try AlignedBuffer(start.map { Element($0) })
        let g = try AlignedBuffer<Element>(count: start.count)
        for _ in 0..<steps {
            rule.displace(theta.mutableElements, state: state, workers: .serial)
            for (index, value) in gradient(theta.elements.map { Double($0) }).enumerated() {
                g.pointer[index] = Element(value)
            }
            let context = StepContext(
                parameters: theta.mutableElements, gradient: g.elements, loss: 0, learningRate: rate)
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

    var description: String { "\(rule) \(settings.sorted { $0.key < $1.key })" }

    func make() throws -> any Optimizer { try OptimizerTable.make(rule, settings: settings) }

    static let all = [
        RuleCase(rule: "sgd", quadraticRate: 0.1, rosenbrockRate: 1e-3),
        RuleCase(rule: "sgd", settings: ["momentum": 0.9], quadraticRate: 0.02, rosenbrockRate: 1e-4),
        RuleCase(rule: "sgd", settings: ["momentum": 0.9, "nesterov": 1], quadraticRate: 0.02, rosenbrockRate: 1e-4),
        RuleCase(rule: "adam", quadraticRate: 0.05, rosenbrockRate: 1e-3),
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
