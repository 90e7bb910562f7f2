import Buffers
import CAllocations
import Graphs
import OpenBLAS
import Tensors
import Testing
import Vectorized

@Suite struct AllocationTests {
    /// A network of every kind of layer that training meets.
    static func network() throws -> (graph: Graph, loss: ValueID, shapes: [[Int]]) {
        var graph = Graph(name: "network")
        let x = graph.addInput("x", shape: [16, 3, 24, 24])
        let labels = graph.addInput("labels", dimensions: [.fixed(16)], kind: .integer)
        func parameter(_ name: String, _ shape: [Int], _ kind: ParameterKind = .weight) -> ValueID {
            graph.addParameter(name, shape: shape, kind: kind)
        }
        let window = Window(kernel: [3, 3], padding: .all(1))
        var h = try graph.apply(Convolution(window: window), x, parameter("w1", [32, 3, 3, 3]))
        h = try graph.apply(
            BatchNormalization(), h, parameter("s", [32], .scale), parameter("b", [32], .shift),
            parameter("m", [32], .statistic), parameter("v", [32], .statistic))
        let skip = try graph.apply(Relu(), h)
        h = try graph.apply(Convolution(window: window), skip, parameter("w2", [32, 32, 3, 3]), parameter("b2", [32]))
        h = try graph.apply(Relu(), try graph.apply(Add(), h, skip))
        h = try graph.apply(Convolution(window: window, groups: 32), h, parameter("w3", [32, 1, 3, 3]))
        h = try graph.apply(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), h)
        h = try graph.apply(AveragePool(window: Window(kernel: [2, 2], strides: [2, 2])), h)
        h = try graph.apply(Dropout(ratio: 0.25), try graph.apply(Tanh(), try graph.apply(Flatten(), h)))
        h = try graph.apply(
            Gemm(transposeB: true), h, parameter("w4", [10, 32 * 36]), parameter("b4", [10], .bias))
        let loss = try graph.append(SoftmaxCrossEntropy(), inputs: [h, labels])[0]
        graph.addOutput(loss)
        return (graph, loss, [[16, 3, 24, 24], [16]])
    }

    /// The blocks of memory that one run of a training program asks for, and the number of its kernels.
    static func allocations(
        workers: Workers, backends: BackendList = fastBackends
    ) throws -> (perRun: Double, kernels: [String]) {
        let (graph, loss, shapes) = try network()
        let program = try Compiler(backends: backends, workers: workers).compile(
            graph, inputShapes: shapes, mode: .training(loss: loss), as: Float.self)
        var random = Philox(seed: 3)
        let x = try AlignedBuffer(random.normals(Shape.count(shapes[0])).map { Float($0) })
        let labels = try AlignedBuffer((0..<16).map { Int32($0 % 10) })
        let theta = try AlignedBuffer(random.normals(program.layout.count).map { Float(abs($0) * 0.1) })
        let gradient = try AlignedBuffer<Float>(count: program.layout.trainableCount)
        let inputs = [UnsafeRawPointer(x.pointer), UnsafeRawPointer(labels.pointer)]
        defer { withExtendedLifetime((x, labels)) {} }
        func run() { program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: inputs) }
        // The first run fetches OpenBLAS's work memory and starts helper threads.
        for _ in 0..<2 { run() }
        let before = thread_allocations()
        for _ in 0..<10 { run() }
        return (Double(thread_allocations() - before) / 10, program.kernelNames)
    }

    @Test func aRunOnOneThreadAllocatesNothing() throws {
        let (perRun, kernels) = try Self.allocations(workers: .serial)
        #expect(perRun == 0, "\(kernels)")
        #expect(!kernels.contains { $0.hasPrefix("reference") }, "\(kernels)")
    }

    /// Handing a loop's body to other threads takes one box for the closure, of some fifty bytes.
    @Test func aRunOnSeveralThreadsAllocatesNothingButBoxesOfClosures() throws {
        let (perRun, kernels) = try Self.allocations(workers: Workers(2))
        #expect(perRun <= Double(3 * kernels.count), "\(perRun) for \(kernels.count) kernels")
    }

    @Test func theCounterCounts() throws {
        let before = thread_allocations()
        let buffer = try AlignedBuffer<Float>(count: 100)
        #expect(thread_allocations() > before && buffer.count == 100)
    }
}
