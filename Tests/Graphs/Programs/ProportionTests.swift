import Buffers
import Graphs
import Tensors
import Testing

/// Networks that would fill the memory with values that come of next to nothing.
@Suite struct ProportionTests {
    /// An image of 1 x 16 x 16 numbers, repeated in both directions.
    static func repeated(_ times: [Int]) throws -> Graph {
        var graph = Graph(name: "repeated")
        let image = graph.addInput("image", dimensions: [.symbolic("n"), .fixed(1), .fixed(16), .fixed(16)])
        let repeats = graph.addConstant(.integers(times))
        graph.addOutput(try graph.append(Tile(), inputs: [image, repeats], name: "tiles")[0])
        return graph
    }

    private func compile(_ graph: Graph, images: Int) throws {
        _ = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[images, 1, 16, 16]], mode: .inference, as: Float.self)
    }

    /// 2^20 numbers of 2^8 are many, but no harm: 4 MiB.
    @Test func smallNetworksMayEnlarge() throws {
        try compile(Self.repeated([1, 1, 64, 64]), images: 3)
    }

    @Test(arguments: [1, 4, 64]) func largeValuesOfSmallImagesAreRefused(images: Int) throws {
        let graph = try Self.repeated([1, 1, 1 << 10, 1 << 10])
        let shape = Shape.describe([images, 1, 1 << 14, 1 << 14])
        #expect {
            try compile(graph, images: images)
        } throws: { error in
            guard case .outOfProportion("tiles", "Tile", let reason)? = error as? GraphError else { return false }
            return reason.contains("makes \(shape) numbers") && reason.contains("4096 times")
        }
    }

    @Test func theFirstLargeValueIsNamed() throws {
        var graph = try Self.repeated([1, 1, 1 << 10, 1 << 10])
        var value = graph.outputs[0]
        for index in 0..<3 { value = try graph.append(Relu(), inputs: [value], name: "relu\(index)")[0] }
        #expect {
            try compile(graph, images: 1)
        } throws: { error in
            guard case .outOfProportion("tiles", _, _)? = error as? GraphError else { return false }
            return true
        }
    }

    /// The same values are sound where there are parameters or pixels for them.
    @Test func whatGrowsWithParametersIsNotRefused() throws {
        var graph = Graph(name: "generator")
        let code = graph.addInput("code", dimensions: [.symbolic("n"), .fixed(8)])
        let weight = graph.addParameter("weight", shape: [8, 1 << 13], kind: .weight)
        let grown = try graph.append(MatMul(), inputs: [code, weight], name: "grown")[0]
        let shape = graph.addConstant(.integers([-1, 8, 32, 32]))
        let image = try graph.append(Reshape(), inputs: [grown, shape], name: "image")[0]
        let repeats = graph.addConstant(.integers([1, 1, 64, 64]))
        graph.addOutput(try graph.append(Tile(), inputs: [image, repeats], name: "tiles")[0])
        let typed = try graph.specialized(inputShapes: [[1, 8]])
        try typed.checkProportion()
        #expect(typed.outputs.map { typed.type(of: $0)?.count } == [1 << 25])
    }
}
