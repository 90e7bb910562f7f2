import Buffers
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Classifiers that are found at the end of exported networks, and exchanged.
@Suite struct ClassifierHeadTests {
    static let exports: [(file: String, inputs: Int, weight: String)] =
        Fixtures.smallCNN.map { ($0, 32, "fc2.weight") } + Fixtures.residual.map { ($0, 16, "fc.weight") }
        + [("residual.dynamo-20-folded", 16, "fc.weight"), ("fresh-residual.torchscript-17", 16, "fc.weight")]

    @Test(arguments: exports.indices) func isFoundInExports(_ number: Int) throws {
        let export = Self.exports[number]
        let head = try ClassifierHead(of: Fixtures.model(export.file))
        #expect(head.inputs == export.inputs && head.classes == 10 && head.weight == export.weight)
        #expect(head.operation == "Gemm")
        #expect(head.bias == export.weight.replacing("weight", with: "bias"))
        #expect(head.otherOutputs.isEmpty)
    }

    @Test(arguments: exports.indices) func isReplacedAndNothingElse(_ number: Int) throws {
        let file = try Fixtures.model(Self.exports[number].file)
        let head = try ClassifierHead(of: file)
        let weights = (0..<head.weightCount(classes: 4)).map { Float($0) / 8 - 3 }
        let new = try head.replaced(classes: 4, weights: weights)
        let (before, after) = try (ImportedModel(file), ImportedModel(new))

        #expect(new.path == file.path && new.opsets == file.opsets && new.metadata == file.metadata)
        #expect(new.graph.nodes.map(\.label) == file.graph.nodes.map(\.label))
        #expect(new.graph.nodes.map(\.inputs) == file.graph.nodes.map(\.inputs))
        #expect(new.graph.outputs[0].shape?.last == .fixed(4))
        #expect(new.graph.inputs == file.graph.inputs)
        for segment in before.parameters.layout.segments {
            let found = try #require(after.parameters.layout[segment.name])
            guard head.parameters.contains(segment.name) else {
                #expect(found.shape == segment.shape)
                #expect(after.parameters[found].elementsEqual(before.parameters[segment]))
                continue
            }
            #expect(found.shape == segment.shape.map { $0 == 10 ? 4 : $0 })
            let expected = segment.name == head.weight ? weights : [0, 0, 0, 0]
            #expect(after.parameters[found].elementsEqual(expected))
        }
        let values = { (model: ONNXModel) in
            Dictionary(grouping: model.graph.valueInfo, by: \.name).mapValues { $0[0].type }
        }
        #expect(values(new).keys == values(file).keys)
        try withTemporaryFolder { folder in
            let path = "\(folder)/new.onnx"
            try after.write(after.parameters.values, to: path)
            switch ONNXChecker.check(path: path) {
            case .valid, .newer: break
            case let verdict: Issue.record("\(verdict)")
            }
        }
    }

    /// A classifier of ones gives every class the sum of its inputs.
    @Test func logitsAreThoseOfTheNewWeights() throws {
        let file = try Fixtures.model("small-cnn.torchscript-13")
        let head = try ClassifierHead(of: file)
        let model = try ImportedModel(
            head.replaced(classes: 3, weights: [Float](repeating: 1, count: head.weightCount(classes: 3))))
        let logits = try model.graph.outputs(for: randomTensor([2, 1, 12, 12]), parameters: model.parameters)[0]
        #expect(logits.shape == [2, 3])
        let rows = logits.elements
        #expect(rows[0] == rows[1] && rows[1] == rows[2] && rows[0] > 0 && rows[0] != rows[3])
    }

    @Test(arguments: [Int.min, -1, 0, 1, 1 << 40, Int.max]) func impossibleNumbersOfClassesAreRefused(_ n: Int) throws {
        let head = try ClassifierHead(of: Fixtures.model("small-cnn.torchscript-13"))
        #expect(throws: HeadError.badClasses(n, most: head.mostClasses)) { try head.replaced(classes: n, weights: []) }
    }

    @Test func aWrongNumberOfWeightsIsRefused() throws {
        let head = try ClassifierHead(of: Fixtures.model("small-cnn.torchscript-13"))
        #expect(throws: ONNXError.self) { try head.replaced(classes: 4, weights: [1, 2, 3]) }
    }

    @Test func externalWeightsComeIntoTheFile() throws {
        let file = try Fixtures.model("small-cnn.dynamo-20")
        #expect(try #require(file.graph[initializer: "fc2.weight"]).isExternal == true)
        let head = try ClassifierHead(of: file)
        let new = try head.replaced(
            classes: 2, weights: [Float](repeating: 0.5, count: head.weightCount(classes: 2)))
        let tensor = try #require(new.graph[initializer: "fc2.weight"])
        #expect(!tensor.isExternal && tensor.shape == [2, 32])
        #expect(try #require(new.graph[initializer: "fc1.weight"]).isExternal == true)
        try withTemporaryFolder { folder in
            let model = try ImportedModel(new)
            try model.write(model.parameters.values, to: "\(folder)/new.onnx")
            let again = try ImportedModel(path: "\(folder)/new.onnx")
            #expect(again.parameters.values.elements.elementsEqual(model.parameters.values.elements))
        }
    }
}
