import Buffers
import Graphs
import OpenBLAS
import Tensors
import Vectorized

/// All backends that are made for speed.
let fastBackends = BackendList([OpenBLASBackend(), VectorizedBackend()])

/// What a graph gave in one precision.
struct BackendRun {
    /// The results, in the order of the graph's outputs.
    var results: [[Double]] = []
    /// The kernels that ran.
    var kernels: [String] = []

    /// Runs the inference form of a graph whose inputs are real and have fixed shapes.
    init<E: Scalar>(
        _ graph: Graph, inputs: [[Double]], backends: BackendList, workers: Workers, as precision: E.Type,
        invocation: Invocation = Invocation()
    ) throws {
        let shapes = graph.inputs.map { graph.type(of: $0)?.shape ?? [] }
        let compiler = Compiler(backends: backends, workers: workers)
        let program = try compiler.compile(graph, inputShapes: shapes, mode: .inference, as: E.self)
        let buffers = try inputs.map { try AlignedBuffer($0.map { E($0) }) }
        let parameters = try AlignedBuffer<E>(count: program.layout.count)
        withExtendedLifetime(buffers) {
            program.run(
                parameters: parameters.pointer, inputs: buffers.map { UnsafeRawPointer($0.pointer) },
                invocation: invocation)
        }
        for index in program.outputTypes.indices { results.append(program.output(index).map { Double($0) }) }
        kernels = program.kernelNames
    }

    /// The largest difference from another run, as a share of the largest number of the result that it occurs in.
    func error(against expected: BackendRun) -> Double {
        var worst = 0.0
        for (result, reference) in zip(results, expected.results) {
            let scale = max(reference.map(abs).max() ?? 0, 1e-30)
            for (a, b) in zip(result, reference) where !(a == b || (a.isNaN && b.isNaN)) {
                let difference = abs(a - b) / scale
                worst = difference.isNaN ? .infinity : max(worst, difference)
            }
        }
        return worst
    }
}

extension Graph {
    /// A real input of fixed shape.
    mutating func addInput(_ name: String, shape: [Int]) -> ValueID {
        addInput(name, dimensions: shape.map { .fixed($0) })
    }
}

extension Philox {
    /// Normal numbers, rounded to `Float` so that both precisions start from the same ones.
    mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in Double(Float(normal())) } }

    /// A number of a range.
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
}
