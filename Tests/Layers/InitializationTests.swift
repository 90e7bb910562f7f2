import Buffers
import Graphs
import Layers
import Testing

@Suite struct InitializationTests {
    @Test func weightsAndDenseOffsetsAreUniformOnTheirFanIn() throws {
        let network = try Network(name: "net", input: [2, 6, 6], seed: 1) {
            Conv2D(16, kernel: 3)
            BatchNorm2D()
            ReLU()
            Dense(40)
        }
        let drawn = try network.uniformlyInitialized(scale: 10, seed: 7)
        func values(_ network: Network, _ name: String) throws -> [Float] {
            Array(try #require(network.parameters[name]))
        }
        for (name, fan) in [("conv1.weight", 18.0), ("dense1.weight", 256), ("dense1.bias", 256)] {
            let limit = Float(10 / fan.squareRoot())
            let found = try values(drawn, name)
            #expect(found.allSatisfy { abs($0) <= limit })
            #expect((found.map(abs).max() ?? 0) > 0.9 * limit, "\(name)")
        }
        for name in ["conv1.bias", "norm1.weight", "norm1.bias", "norm1.running_var"] {
            #expect(try values(drawn, name) == values(network, name), "\(name)")
        }
        let again = try network.uniformlyInitialized(scale: 10, seed: 7)
        #expect(try values(again, "dense1.weight") == values(drawn, "dense1.weight"))
        let other = try network.uniformlyInitialized(scale: 10, seed: 8)
        #expect(try values(other, "dense1.weight") != values(drawn, "dense1.weight"))
    }
}
