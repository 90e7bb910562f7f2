import Graphs
import Layers
import Testing

@Suite struct ArchitectureTests {
    @Test(arguments: [("small-cnn", [1, 8, 8], 53_002), ("vgg16-bn-cifar", [3, 64, 64], 14_743_626)])
    func parametersOfTheDenseLayersFollowTheImagesSize(name: String, input: [Int], count: Int) throws {
        let graph = try Architecture.named(name).graph(input: input, classes: 10)
        #expect(try graph.parameterLayout().trainableCount == count)
    }

    @Test func resNet18NeedsThePublishedMultiplyAdds() throws {
        let network = try Architecture.resnet18CIFAR.network(input: [3, 32, 32], classes: 10)
        #expect(network.graph.multiplyAdds == 555_422_720)
        #expect(network.parameters.layout.count - network.parameters.layout.trainableCount == 9600)
    }

    @Test func sameSeedGivesTheSameWeightsAndAnotherSeedOthers() throws {
        func weights(_ seed: UInt64) throws -> [Float] {
            let network = try Architecture.lenet.network(input: [1, 28, 28], classes: 10, seed: seed)
            return withExtendedLifetime(network) { Array(network.parameters.values.elements) }
        }
        #expect(try weights(3) == weights(3))
        #expect(try weights(3) != weights(4))
    }

    @Test func weightsHaveHesVarianceAndNormalisationStartsNeutral() throws {
        let network = try Architecture.resnet18CIFAR.network(input: [3, 32, 32], classes: 10, seed: 1)
        for segment in network.parameters.layout.segments where segment.shape == [512, 512, 3, 3] {
            let values = network.parameters[segment]
            let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
            #expect(abs(variance * 512 * 9 / 2 - 1) < 0.01, "\(segment.name): \(variance)")
        }
        for segment in network.parameters.layout.segments where segment.kind == .scale {
            #expect(network.parameters[segment].allSatisfy { $0 == 1 })
        }
        for segment in network.parameters.layout.segments where segment.name.hasSuffix("running_var") {
            #expect(segment.kind == .statistic)
            #expect(network.parameters[segment].allSatisfy { $0 == 1 })
        }
    }

    @Test func parameterNamesFollowTheLayersOrder() throws {
        let network = try Architecture.lenet.network(input: [1, 28, 28], classes: 10)
        let names = network.parameters.layout.segments.map(\.name)
        #expect(
            names == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "dense1.weight", "dense1.bias",
                "dense2.weight", "dense2.bias", "dense3.weight", "dense3.bias",
            ])
    }

    @Test func misspeltArchitectureListsTheRightNames() {
        #expect(
            throws: NetworkError.unknownArchitecture(
                name: "lnet", known: Architecture.all.map(\.name))
        ) { try Architecture.named("lnet") }
        func text(_ name: String) -> String? {
            #expect(throws: NetworkError.self) { try Architecture.named(name) }?.description
        }
        let known = "Known: \(Architecture.all.map(\.name).joined(separator: ", "))"
        #expect(text("lnet") == "no architecture is named 'lnet'; did you mean 'lenet'? \(known)")
        #expect(text("resnet-18") == "no architecture is named 'resnet-18'; did you mean 'resnet18'? \(known)")
        #expect(text("transformer") == "no architecture is named 'transformer'. \(known)")
    }

    @Test(arguments: [
        ("lenet", 12), ("small-cnn", 4), ("alexnet-reduced", 8), ("resnet18", 1), ("resnet18-cifar", 1),
        ("vgg16-bn-cifar", 32), ("vgg16", 32), ("alexnet", 63), ("densenet121", 29), ("inception-v3", 75),
        ("inception-resnet-v2", 75),
    ])
    func smallestImagesAreTheLeastThatWork(name: String, side: Int) throws {
        let architecture = try Architecture.named(name)
        #expect(architecture.smallestSide() == side)
        _ = try architecture.graph(input: [3, side, side], classes: 2)
    }

    @Test(arguments: [[1, 8, 8], [1, 4, 4], [1, 40, 11], [1, 11, 40]])
    func imagesThatAreTooSmallAreRefusedWithTheSmallestSizeAndTheLayerNamed(input: [Int]) {
        let error = #expect(throws: NetworkError.self) {
            _ = try Architecture.lenet.network(input: input, classes: 10)
        }
        guard case .tooSmall("lenet", input[1], input[2], 12, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("conv2") || reason.contains("maxpool2"))
        #expect(error?.description.contains("takes 12x12 and larger") == true)
    }

    @Test(arguments: [[1, 8], [0, 8, 8], [-1, 8, 8], [1, 8, 1 << 40], []])
    func impossibleInputsAreRefused(input: [Int]) {
        #expect(throws: NetworkError.badInput(input)) {
            _ = try Architecture.lenet.network(input: input, classes: 10)
        }
    }
}
