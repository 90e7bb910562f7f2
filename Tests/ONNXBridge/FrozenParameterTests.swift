import Buffers
import Foundation
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Parameters that are not trained: constants of the network, untouched in the file.
@Suite struct FrozenParameterTests {
    static let files = ["small-cnn.torchscript-17", "residual.torchscript-13", "residual.dynamo-20-unoptimized"]

    @Test(arguments: files) func theNetworkComputesTheSame(name: String) throws {
        let file = try Fixtures.model(name)
        let whole = try ImportedModel(file)
        let images = try randomTensor([3] + shape(whole))
        let expected = try whole.graph.outputs(for: images, parameters: whole.parameters)[0]
        let names = file.parameters.filter(\.kind.isTrainable).map(\.name)
        for frozen in [Set(names.dropLast()), Set(names.filter { $0.hasSuffix("weight") }), Set(names.prefix(1))] {
            let part = try ImportedModel(file, freezing: frozen)
            #expect(Set(part.frozen.map(\.name)) == frozen)
            #expect(part.parameters.layout.segments.allSatisfy { !frozen.contains($0.name) })
            #expect(
                part.parameters.layout.count + part.frozen.reduce(0) { $0 + $1.count } == whole.parameters.layout.count)
            #expect(part.remarks == whole.remarks)
            for backend in Backends.names {
                let found = try part.graph.outputs(for: images, parameters: part.parameters, backend: backend)[0]
                #expect(scaledError(found.elements, expected.elements) < 1e-5, "\(frozen) \(backend)")
            }
        }
    }

    /// What the gradients of the rest are worth, and that nothing is computed for those of what is frozen.
    @Test func gradientsOfTheRestStayAndOthersAreNotComputed() throws {
        let file = try Fixtures.model("residual.torchscript-17")
        let body = Set(file.parameters.filter(\.kind.isTrainable).map(\.name)).subtracting(["fc.weight", "fc.bias"])
        let whole = try training(ImportedModel(file))
        let head = try training(ImportedModel(file, freezing: body))
        #expect(head.gradients.keys.sorted() == ["fc.bias", "fc.weight"])
        for (name, values) in head.gradients {
            #expect(scaledError(values, try #require(whole.gradients[name])) < 1e-5)
        }
        #expect(whole.operations.contains("ConvWeightGradient"))
        #expect(!head.operations.contains { $0.contains("Gradient") && $0.contains("Conv") })
        #expect(!head.operations.contains { $0.contains("Gradient") && $0.contains("Normalization") })
        // Running statistics follow the batches all the same.
        #expect(head.statistics == whole.statistics && head.statistics != head.statisticsBefore)
    }

    @Test(arguments: files) func theirBytesStay(name: String) throws {
        try withTemporaryFolder { folder in
            let file = try Fixtures.model(name)
            let names = file.parameters.filter(\.kind.isTrainable).map(\.name)
            let frozen = Set(names.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
            let model = try ImportedModel(file, freezing: frozen)
            let parameters = try model.parameters.copy()
            for index in 0..<parameters.values.count { parameters.values.pointer[index] += 1 }
            try model.write(parameters.values, to: "\(folder)/new.onnx")
            let again = try ImportedModel(path: "\(folder)/new.onnx")
            let old = try ImportedModel(file)
            for parameter in file.parameters {
                let (before, after) = try (
                    Array(#require(old.parameters[parameter.name])), Array(#require(again.parameters[parameter.name]))
                )
                if frozen.contains(parameter.name) {
                    #expect(before.map(\.bitPattern) == after.map(\.bitPattern), "\(parameter.name)")
                } else {
                    #expect(after == before.map { $0 + 1 }, "\(parameter.name)")
                }
            }
        }
    }

    /// The exporter has merged equal initialisers: what is frozen must not follow what is trained.
    @Test func aFrozenRepetitionKeepsItsValues() throws {
        try withTemporaryFolder { folder in
            let file = try Fixtures.model("fresh-residual.torchscript-17")
            let scales = file.parameters.filter { $0.kind == .scale }.map(\.name)
            #expect(scales.count > 2)
            for trained in scales {
                let model = try ImportedModel(file, freezing: Set(scales).subtracting([trained]))
                let parameters = try model.parameters.copy()
                for index in 0..<parameters.values.count { parameters.values.pointer[index] = 5 }
                try model.write(parameters.values, to: "\(folder)/new.onnx")
                let again = try ImportedModel(path: "\(folder)/new.onnx")
                for name in scales {
                    let expected: Float = name == trained ? 5 : 1
                    #expect(try #require(again.parameters[name]).allSatisfy { $0 == expected }, "\(trained) \(name)")
                }
            }
        }
    }

    @Test func statisticsCannotBeFrozen() throws {
        let file = try Fixtures.model("residual.torchscript-17")
        let statistics = file.parameters.filter { !$0.kind.isTrainable }.map(\.name)
        let model = try ImportedModel(file, freezing: Set(statistics))
        #expect(model.frozen.isEmpty)
        #expect(model.parameters.layout == (try ImportedModel(file)).parameters.layout)
    }

    @Test func parametersAreListedAsTheNetworkHasThem() throws {
        for name in WriteBackTests.networks {
            let file = try Fixtures.model(name)
            let layout = try ImportedModel(file).parameters.layout
            #expect(Set(file.parameters.map(\.name)) == Set(layout.segments.map(\.name)), "\(name)")
            for parameter in file.parameters {
                let segment = try #require(layout[parameter.name])
                #expect(segment.kind == parameter.kind && segment.shape == parameter.shape)
            }
        }
    }

    private func shape(_ model: ImportedModel) -> [Int] {
        guard case .input(let dimensions, _) = model.graph[model.graph.inputs[0]].role else { return [] }
        return dimensions.dropFirst().compactMap(\.size)
    }

    private struct Training {
        var gradients: [String: [Float]] = [:]
        var operations: [String] = []
        var statistics: [Float] = []
        var statisticsBefore: [Float] = []
    }

    private func training(_ model: ImportedModel) throws -> Training {
        var graph = model.graph
        let labels = graph.addInput("labels", dimensions: [.symbolic("N")], kind: .integer)
        let loss = try graph.append(SoftmaxCrossEntropy(), inputs: [graph.outputs[0], labels], name: "loss")[0]
        graph.addOutput(loss)
        let images = try randomTensor([4] + shape(model))
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [images.shape, [4]], mode: .training(loss: loss), as: Float.self)
        let parameters = try model.parameters.copy()
        let layout = parameters.layout
        let gradient = try AlignedBuffer<Float>(count: layout.trainableCount)
        let classes = try AlignedBuffer<Int32>([1, 3, 3, 0])
        defer { withExtendedLifetime(classes) {} }
        images.withElements { elements in
            program.run(
                parameters: parameters.values.pointer, gradients: gradient.pointer,
                inputs: [UnsafeRawPointer(elements.baseAddress!), UnsafeRawPointer(classes.pointer)])
        }
        var result = Training()
        for segment in layout.segments where segment.kind.isTrainable {
            result.gradients[segment.name] = Array(gradient.elements[segment.range])
        }
        result.operations = program.plan.nodes.map(\.operation)
        result.statistics = Array(parameters.values.elements[layout.trainableCount...])
        result.statisticsBefore = Array(model.parameters.values.elements[layout.trainableCount...])
        return result
    }
}
