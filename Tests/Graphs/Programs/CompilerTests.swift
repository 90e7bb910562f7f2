import Buffers
import Graphs
import Tensors
import Testing

@Suite struct CompilerTests {
    /// conv(3x3, stride 2) - relu - flatten - gemm - loss on 2-channel images of 5 x 5.
    static func network() throws -> (graph: Graph, loss: ValueID) {
        var graph = Graph(name: "test")
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(2), .fixed(5), .fixed(5)])
        let labels = graph.addInput("labels", dimensions: [.symbolic("N")], kind: .integer)
        let w = graph.addParameter("w", shape: [4, 2, 3, 3], kind: .weight)
        let b = graph.addParameter("b", shape: [4], kind: .bias)
        let m = graph.addParameter("m", shape: [3, 36], kind: .weight)
        let c = graph.addParameter("c", shape: [3], kind: .bias)
        let window = Window(kernel: [3, 3], strides: [2, 2], padding: .all(1))
        let y = try graph.apply(Relu(), try graph.apply(Convolution(window: window), x, w, b))
        let logits = try graph.apply(Gemm(transposeB: true), try graph.apply(Flatten(), y), m, c)
        let loss = try graph.append(SoftmaxCrossEntropy(), inputs: [logits, labels])[0]
        graph.addOutput(loss)
        graph.addOutput(logits)
        return (graph, loss)
    }

    @Test func gradientsOfASmallNetworkEqualFiniteDifferences() throws {
        let (graph, loss) = try Self.network()
        let compiler = Compiler(backends: .reference, workers: .serial)
        let shapes = [[3, 2, 5, 5], [3]]
        let program = try compiler.compile(graph, inputShapes: shapes, mode: .training(loss: loss), as: Double.self)
        let forward = try compiler.compile(graph, inputShapes: shapes, mode: .inference, as: Double.self)
        var random = Philox(seed: 1)
        let x = try AlignedBuffer((0..<150).map { _ in random.normal() })
        let labels = try AlignedBuffer<Int32>([0, 2, 1])
        let inputs = [UnsafeRawPointer(x.pointer), UnsafeRawPointer(labels.pointer)]
        defer { withExtendedLifetime((x, labels)) {} }
        let theta = try AlignedBuffer((0..<program.layout.count).map { _ in 0.3 * random.normal() })
        let gradient = try AlignedBuffer<Double>(count: program.layout.trainableCount)
        program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: inputs)
        var worst = 0.0
        for index in 0..<theta.count {
            let value = theta.pointer[index]
            var losses: [Double] = []
            for step in [-1e-5, 1e-5] {
                theta.pointer[index] = value + step
                forward.run(parameters: theta.pointer, inputs: inputs)
                losses.append(forward.output(0)[0])
            }
            theta.pointer[index] = value
            worst = max(worst, abs((losses[1] - losses[0]) / 2e-5 - gradient.pointer[index]))
        }
        #expect(worst < 1e-8, "largest difference \(worst)")
        #expect(program.arenaBytes < program.unsharedBytes)
        #expect(!program.kernelNames.contains("reference.relu"), "\(program.kernelNames)")
    }
}
