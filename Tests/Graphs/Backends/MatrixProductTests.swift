import Buffers
import Graphs
import OpenBLAS
import Tensors
import Testing

#if OneDNN
    import OneDNN
#endif

@Suite struct MatrixProductTests {
    /// The backends that have matrix products.
    static let libraries: [any Backend] = {
        #if OneDNN
            [OpenBLASBackend(), OneDNNBackend()]
        #else
            [OpenBLASBackend()]
        #endif
    }()

    static func check(_ operation: any Operator, _ shapes: [[Int]], workers: Int) throws {
        var graph = Graph(name: "product")
        let operands = shapes.enumerated().map { graph.addInput("x\($0)", shape: $1) }
        graph.addOutput(try graph.append(operation, inputs: operands)[0])
        var random = Philox(seed: 4)
        let inputs = shapes.map { random.normals(Shape.count($0)) }
        let expected = try BackendRun(
            graph, inputs: inputs, backends: .reference, workers: .serial, as: Double.self)
        for library in libraries {
            let run = try BackendRun(
                graph, inputs: inputs, backends: BackendList([library]), workers: Workers(workers), as: Float.self)
            #expect(
                run.error(against: expected) < 1e-5,
                "\(library.name): \(operation), \(shapes), \(workers) workers")
            #expect(run.kernels.allSatisfy { $0.hasPrefix(library.name) }, "\(run.kernels)")
        }
    }

    /// Every transposition, every stretched C, sizes that are cut by rows and by columns.
    @Test(arguments: [1, 2, 3])
    func gemmEqualsTheReference(workers: Int) throws {
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (130, 70, 33), (17, 90, 300), (1, 400, 257), (129, 3, 1)] {
            for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
                let a = transposeA ? [k, m] : [m, k]
                let b = transposeB ? [n, k] : [k, n]
                for c in [nil, [], [1], [n], [1, n], [m, 1], [m, n]] as [[Int]?] {
                    let operation = Gemm(
                        alpha: 0.7, beta: c == [n] ? 1 : -1.3, transposeA: transposeA, transposeB: transposeB,
                        activation: c == [m, n] ? .relu : .identity)
                    try Self.check(operation, [a, b] + (c.map { [$0] } ?? []), workers: workers)
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3])
    func matMulEqualsTheReference(workers: Int) throws {
        let pairs: [([Int], [Int])] = [
            ([5], [5]), ([5], [5, 7]), ([4, 5], [5]), ([40, 90], [90, 110]), ([3, 40, 50], [50, 60]),
            ([3, 40, 50], [3, 50, 60]), ([2, 1, 40, 50], [3, 50, 60]), ([40, 50], [2, 3, 50, 6]),
            ([1, 300, 80], [1, 80, 90]), ([2, 200, 80], [2, 80, 190]),
        ]
        for (a, b) in pairs { try Self.check(MatMul(), [a, b], workers: workers) }
    }
}
