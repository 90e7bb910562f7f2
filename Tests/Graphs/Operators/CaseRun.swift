import Buffers
import Graphs
import Tensors
import Testing

/// The numbers that a case is run with; every precision gets the same, which `Float` represents exactly.
struct CaseData {
    /// θ: parameters, then statistics.
    var parameters: [Double]
    /// The graph's inputs in order.
    let inputs: [Input]

    enum Input {
        case real([Double])
        case integer([Int32])
    }

    init(parameters: [Double], inputs: [Input]) {
        self.parameters = parameters
        self.inputs = inputs
    }

    init(_ testCase: OperatorCase, network: CaseNetwork) throws {
        var random = Philox(seed: 7)
        func rounded(_ x: Double) -> Double { Double(Float(x)) }
        var parameters: [Double] = []
        var statistics: [Double] = []
        var inputs: [Input] = []
        for operand in testCase.operands {
            switch operand {
            case .parameter(let shape):
                for _ in 0..<Shape.count(shape) { parameters.append(rounded(random.normal())) }
            case .nonzero(let shape):
                for _ in 0..<Shape.count(shape) {
                    let x = random.normal()
                    parameters.append(rounded(x < 0 ? x - 0.5 : x + 0.5))
                }
            case .positive(let shape):
                for _ in 0..<Shape.count(shape) { parameters.append(rounded(0.5 + random.uniform())) }
            case .truths(let shape):
                for _ in 0..<Shape.count(shape) { statistics.append(random.uniform() < 0.5 ? 0 : 1) }
            case .statistic(let shape):
                for _ in 0..<Shape.count(shape) { statistics.append(rounded(0.5 + random.uniform())) }
            case .labels(let shape, let bound):
                inputs.append(
                    .integer((0..<Shape.count(shape)).map { _ in Int32.random(in: 0..<Int32(bound), using: &random) }))
            case .integers, .absent: break
            }
        }
        for shape in network.inputShapes.dropFirst(inputs.count) {
            inputs.append(.real((0..<Shape.count(shape)).map { _ in rounded(random.normal()) }))
        }
        self.parameters = parameters + statistics
        self.inputs = inputs
    }
}

/// A compiled case that can be run with several parameter vectors.
final class CaseProgram<E: Scalar> {
    let program: Program<E>
    private let theta: AlignedBuffer<E>
    private let gradient: AlignedBuffer<E>
    private var reals: [AlignedBuffer<E>] = []
    private var integers: [AlignedBuffer<Int32>] = []
    private var pointers: [UnsafeRawPointer] = []

    init(
        _ network: CaseNetwork, _ data: CaseData, backends: BackendList, workers: Workers = .serial, as: E.Type
    ) throws {
        program = try Compiler(backends: backends, workers: workers).compile(
            network.graph, inputShapes: network.inputShapes, mode: .training(loss: network.loss), as: E.self)
        theta = try AlignedBuffer(count: program.layout.count)
        gradient = try AlignedBuffer(count: program.layout.trainableCount)
        for input in data.inputs {
            switch input {
            case .real(let elements):
                reals.append(try AlignedBuffer(elements.map { E($0) }))
                pointers.append(UnsafeRawPointer(reals[reals.count - 1].pointer))
            case .integer(let elements):
                integers.append(try AlignedBuffer(elements))
                pointers.append(UnsafeRawPointer(integers[integers.count - 1].pointer))
            }
        }
    }

    /// Runs with the given θ.
    func run(_ parameters: [Double]) -> CaseResult {
        for (index, value) in parameters.enumerated() { theta.pointer[index] = E(value) }
        program.run(
            parameters: theta.pointer, gradients: gradient.pointer, inputs: pointers,
            invocation: Invocation(seed: 3, step: 5))
        return CaseResult(
            loss: Double(program.output(0)[0]),
            results: program.outputTypes.indices.dropFirst().map { program.output($0).map { Double($0) } },
            gradient: gradient.elements.map { Double($0) },
            statistics: theta.elements[program.layout.trainableCount...].map { Double($0) })
    }
}

/// What a run of a case gave.
struct CaseResult {
    let loss: Double
    let results: [[Double]]
    let gradient: [Double]
    /// The statistics after the run.
    let statistics: [Double]
}

/// The largest difference of two lists over the largest element of the second; infinite if they do not fit.
func scaledError(_ values: [Double], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    var (difference, scale) = (0.0, 1e-2)
    for (value, expected) in zip(values, expected) {
        if value.isNaN || expected.isNaN { return .infinity }
        if value != expected { difference = max(difference, abs(value - expected)) }
        if expected.isFinite { scale = max(scale, abs(expected)) }
    }
    return difference / scale
}
