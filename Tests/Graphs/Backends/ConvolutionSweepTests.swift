import Buffers
import Graphs
import Tensors
import Testing

/// Convolutions of random geometry and their gradients: the fast backends against the reference in double precision.
@Suite struct ConvolutionSweepTests {
    struct Case: CustomStringConvertible {
        var images: [Int]
        var weights: [Int]
        var window: Window
        var groups: Int
        var relu: Bool
        var bias: Bool

        var description: String {
            "x \(images), w \(weights), strides \(window.strides), dilations \(window.dilations), "
                + "padding \(window.padding), groups \(groups), relu \(relu), bias \(bias)"
        }

        /// A convolution that fits its image.
        static func random(_ random: inout Philox) -> Case {
            while true {
                let groups = [1, 1, 1, 2, 3][random.integer(0...4)]
                let depthwise = random.integer(0...5) == 0
                let channels = depthwise ? 1 : random.integer(1...9)
                let outputs = depthwise ? 1 : random.integer(1...20)
                let count = depthwise ? random.integer(2...40) : groups
                let kernel = [random.integer(1...4), random.integer(1...4)]
                let strides = [random.integer(1...3), random.integer(1...3)]
                let dilations = random.integer(0...2) == 0 ? [random.integer(1...3), random.integer(1...2)] : [1, 1]
                let pads = (0..<4).map { _ in random.integer(0...3) }
                let padding =
                    [
                        Padding.explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]), .sameUpper,
                        .sameLower,
                    ][min(2, random.integer(0...5) / 2)]
                let size = [random.integer(1...13), random.integer(1...13)]
                let window = Window(kernel: kernel, strides: strides, dilations: dilations, padding: padding)
                guard (try? window.placed(on: size)) != nil else { continue }
                return Case(
                    images: [random.integer(1...5), channels * count] + size,
                    weights: [outputs * count, channels] + kernel, window: window, groups: count,
                    relu: random.integer(0...1) == 0, bias: random.integer(0...1) == 0)
            }
        }

        /// y, dx and dw, from x, w, b and dy.
        func graph() throws -> Graph {
            var graph = Graph(name: "convolution")
            let x = graph.addInput("x", shape: images)
            let w = graph.addInput("w", shape: weights)
            let b = graph.addInput("b", shape: [weights[0]])
            let convolution = Convolution(window: window, groups: groups, activation: relu ? .relu : .identity)
            let y = try graph.apply(convolution, x, w, bias ? b : nil)
            let dy = graph.addInput("dy", shape: graph.type(of: y)?.shape ?? [])
            graph.addOutput(y)
            graph.addOutput(
                try graph.apply(ConvolutionDataGradient(window: window, groups: groups, shape: images), dy, w))
            graph.addOutput(
                try graph.apply(ConvolutionWeightGradient(window: window, groups: groups, shape: weights), dy, x))
            return graph
        }
    }

    /// Checks a case and gives the kernels of its result and both gradients.
    @discardableResult
    static func check(
        _ test: Case, _ random: inout Philox, workers: Workers, backends: BackendList = fastBackends
    ) throws -> [String] {
        let graph = try test.graph()
        let inputs = graph.inputs.map { random.normals(graph.type(of: $0)?.count ?? 0) }
        let expected = try BackendRun(
            graph, inputs: inputs, backends: .reference, workers: .serial, as: Double.self)
        let run = try BackendRun(graph, inputs: inputs, backends: backends, workers: workers, as: Float.self)
        #expect(run.error(against: expected) < 2e-5, "\(test), \(workers.count) workers, \(run.kernels)")
        #expect(!run.kernels.contains { $0.hasPrefix("reference") }, "\(test): \(run.kernels)")
        return run.kernels.filter { $0.contains("convolution") || $0.contains("depthwise") }
    }

    @Test(arguments: 0..<4)
    func smallConvolutionsOfAnyGeometryEqualTheReference(batch: Int) throws {
        var random = Philox(seed: 7, stream: UInt64(batch))
        for round in 0..<60 {
            try Self.check(.random(&random), &random, workers: Workers(1 + round % 3))
        }
    }

    /// Sizes that are cut into tiles, chunks of taps, ranges of rows and ranges of columns.
    @Test(arguments: [1, 2, 3])
    func convolutionsThatAreCutIntoPartsEqualTheReference(workers: Int) throws {
        var random = Philox(seed: 8)
        func test(
            _ images: [Int], _ outputs: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1
        ) throws {
            let window = Window(
                kernel: [kernel, kernel], strides: [stride, stride], padding: .all(kernel / 2))
            try Self.check(
                Case(
                    images: images, weights: [outputs, images[1] / groups, kernel, kernel], window: window,
                    groups: groups, relu: true, bias: true), &random, workers: Workers(workers))
        }
        try test([3, 5, 30, 31], 33, 3)
        try test([1, 300, 7, 7], 130, 3)
        try test([2, 200, 9, 9], 70, 1)
        try test([2, 64, 17, 17], 96, 3, stride: 2)
        try test([2, 96, 12, 12], 100, 1, stride: 2)
        try test([2, 48, 20, 20], 80, 3, groups: 4)
        try test([1, 70, 40, 40], 70, 3, groups: 70)
        try test([1, 3, 60, 60], 16, 7, stride: 2)
        try test([2, 20, 24, 24], 32, 8, stride: 8)
        try test([2, 17, 23, 29], 31, 3, stride: 5)
    }

    /// How the work is shared out must not depend on time: two runs give the same bits.
    @Test func resultsAreTheSameBitsOnEveryRun() throws {
        var random = Philox(seed: 9)
        for workers in [1, 2, 3] {
            let test = Case(
                images: [4, 24, 19, 19], weights: [40, 24, 3, 3], window: Window(kernel: [3, 3], padding: .all(1)),
                groups: 1, relu: false, bias: true)
            let graph = try test.graph()
            let inputs = graph.inputs.map { random.normals(graph.type(of: $0)?.count ?? 0) }
            let runs = try (0..<3).map { _ in
                try BackendRun(
                    graph, inputs: inputs, backends: fastBackends, workers: Workers(workers), as: Float.self)
            }
            #expect(runs[0].results == runs[1].results && runs[1].results == runs[2].results, "\(workers) workers")
        }
    }
}
