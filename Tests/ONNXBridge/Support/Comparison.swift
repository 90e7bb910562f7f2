import Buffers
import Graphs
import ONNXBridge
import OpenBLAS
import Tensors
import Vectorized

/// The largest difference of two lists over the largest expected number; infinite where one is NaN, or they differ in
/// length.
func scaledError(_ found: some Collection<Float>, _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.lazy.filter(\.isFinite).reduce(1e-6) { max($0, abs($1)) }
    var worst: Float = 0
    for (a, b) in zip(found, expected) where a != b {
        let difference = abs(a - b)
        guard difference.isFinite else { return .infinity }
        worst = max(worst, difference)
    }
    return worst / scale
}

/// The backends that imported models are run on.
enum Backends {
    static let names = ["reference", "openblas"]

    static func named(_ name: String) -> BackendList {
        name == "reference" ? .reference : BackendList([OpenBLASBackend(), VectorizedBackend()])
    }
}

extension Graph {
    /// The outputs of one run in inference form.
    func outputs(
        for input: Tensor<Float>, parameters: ParameterStore<Float>, backend: String = "reference"
    ) throws -> [Tensor<Float>] {
        let program = try Compiler(backends: Backends.named(backend), workers: Workers(2)).compile(
            self, inputShapes: [input.shape], mode: .inference, as: Float.self)
        input.withElements { elements in
            program.run(parameters: parameters.values.pointer, inputs: [UnsafeRawPointer(elements.baseAddress!)])
        }
        return try program.outputTypes.indices.map {
            try Tensor(shape: program.outputTypes[$0].shape, elements: Array(program.output($0)))
        }
    }
}

/// Normally distributed numbers.
func randomTensor(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor<Float> {
    var random = Philox(seed: seed)
    return try Tensor(shape: shape, elements: (0..<Shape.count(shape)).map { _ in Float(random.normal()) })
}
