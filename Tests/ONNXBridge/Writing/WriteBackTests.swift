import Buffers
import Foundation
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Trained values in the file that they came from: everything else in it stays.
@Suite struct WriteBackTests {
    /// All fixtures that hold a network, the generated models of IR version 3 aside.
    static let networks = Fixtures.all.filter { $0 != "encodings" }

    private func perturbed(_ model: ImportedModel) throws -> ParameterStore<Float> {
        let parameters = try model.parameters.copy()
        var random = Philox(seed: 11)
        for index in 0..<parameters.values.count {
            // Variances must stay positive.
            parameters.values.pointer[index] = abs(parameters.values.pointer[index]) + Float(random.uniform()) + 0.25
        }
        return parameters
    }

    /// A node without its operands and attributes.
    private struct Outline: Equatable {
        let name: String
        let opType: String
        let firstOutput: String?
    }

    private func outline(_ graph: ONNXGraph) -> [Outline] {
        graph.nodes.map { Outline(name: $0.name, opType: $0.opType, firstOutput: $0.outputs.first) }
    }

    @Test(arguments: networks) func onlyTrainedValuesChange(name: String) throws {
        try withTemporaryFolder { folder in
            let model = try ImportedModel(path: Fixtures.path(name))
            try model.checkWritable()
            let parameters = try perturbed(model)
            try model.write(parameters.values, to: "\(folder)/trained.onnx")
            let again = try ImportedModel(path: "\(folder)/trained.onnx")

            #expect(again.parameters.layout == model.parameters.layout)
            #expect(again.parameters.values.elements.elementsEqual(parameters.values.elements))
            let images = try randomTensor([3] + imageShape(model))
            #expect(
                try again.graph.outputs(for: images, parameters: again.parameters)
                    == model.graph.outputs(for: images, parameters: parameters))

            let (old, new) = (model.file, again.file)
            #expect(new.opsets == old.opsets && new.irVersion == old.irVersion && new.metadata == old.metadata)
            #expect(new.producerName == old.producerName && new.documentation == old.documentation)
            #expect(new.graph.initializers.map(\.name) == old.graph.initializers.map(\.name))
            #expect(new.graph.inputs == old.graph.inputs && new.graph.outputs == old.graph.outputs)
            let changed = zip(outline(old.graph), outline(new.graph)).filter { $0 != $1 }
            #expect(changed.allSatisfy { $0.0.opType == "Identity" && $0.1.opType == "Constant" })
            #expect(changed.isEmpty != name.hasPrefix("fresh"))
            for (before, after) in zip(old.graph.initializers, new.graph.initializers)
            where model.parameters.layout[before.name] == nil {
                #expect(before.dataType == after.dataType && before.shape == after.shape)
                if before.dataType.isInteger { #expect(try before.integers() == after.integers()) }
            }
            switch ONNXChecker.check(path: "\(folder)/trained.onnx") {
            case .valid, .newer: break
            case let verdict: Issue.record("\(verdict)")
            }
        }
    }

    private func imageShape(_ model: ImportedModel) -> [Int] {
        guard case .input(let dimensions, _) = model.graph[model.graph.inputs[0]].role else { return [] }
        return dimensions.dropFirst().compactMap(\.size)
    }

    @Test(arguments: [
        "small-cnn.dynamo-18", "small-cnn.dynamo-20", "residual.dynamo-20-unoptimized",
        "residual.dynamo-20-folded", "small-cnn.torchscript-17",
    ])
    func withoutTrainingTheFileStaysByteForByte(name: String) throws {
        try withTemporaryFolder { folder in
            let model = try ImportedModel(path: Fixtures.path(name))
            // A data file's name is part of the model, so it is written under its own.
            try model.write(model.parameters.values, to: "\(folder)/\(name).onnx")
            func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
            #expect(try bytes("\(folder)/\(name).onnx") == bytes(Fixtures.path(name)))
            let data = Fixtures.path(name) + ".data"
            if FileManager.default.fileExists(atPath: data) {
                #expect(try bytes("\(folder)/\(name).onnx.data") == bytes(data))
            }
        }
    }

    @Test func withoutTrainingOnlyTheInferenceFormChangesAnyModel() throws {
        // Models of IR version 3 and 8, of every opset, with weights of every type.
        try withTemporaryFolder { folder in
            for golden in try OperatorGolden.all() {
                let model = try ImportedModel(ONNXModel(bytes: golden.model))
                var editor = ONNXEditor(model.file)
                if golden.readsStatistics {
                    #expect(throws: ONNXError.outputsInUse(node: "n0", outputs: ["v0_1", "v0_2"])) {
                        try model.write(model.parameters.values, to: "\(folder)/model.onnx")
                    }
                    continue
                }
                let changed = try editor.convertToInferenceForm()
                let expected = changed.isEmpty ? golden.model : try editor.serialized()
                try model.write(model.parameters.values, to: "\(folder)/model.onnx")
                let written = try Data(contentsOf: URL(filePath: "\(folder)/model.onnx"))
                #expect([UInt8](written) == expected, "\(golden.label)")
            }
        }
    }

    @Test func doublesThatHaveNotMovedKeepTheirLastDigits() throws {
        try withTemporaryFolder { folder in
            let third = [1.0 / 3, 2.0 / 3, 4.0 / 3, 8.0 / 3]
            let raw = Message.bytes(9, third.flatMap { Message.littleEndian($0.bitPattern) })
            let bytes = Message.network(
                [-1, 2], .node("MatMul", ["x", "w"], ["y"]), .initializer("w", dims: [2, 2], type: 11, raw))
            let model = try ImportedModel(ONNXModel(bytes: bytes))
            let trained = try model.parameters.copy()
            trained.values.pointer[2] = 0.1
            try model.write(trained.values, to: "\(folder)/model.onnx")
            let written = try ONNXModel(path: "\(folder)/model.onnx").graph.initializers[0].elements(as: Double.self)
            #expect(written == [third[0], third[1], Double(Float(0.1)), third[3]])
        }
    }

    @Test func valuesThatAFileSharesAreTrainedApart() throws {
        try withTemporaryFolder { folder in
            let model = try ImportedModel(path: Fixtures.path("fresh-residual.torchscript-17"))
            let scales = model.parameters.layout.segments.filter { $0.kind == .scale }
            #expect(scales.count == 6)
            let parameters = try model.parameters.copy()
            for (index, segment) in scales.enumerated() {
                parameters[segment].update(repeating: Float(index) + 2)
            }
            try model.write(parameters.values, to: "\(folder)/apart.onnx")
            let again = try ImportedModel(path: "\(folder)/apart.onnx")
            for (index, segment) in scales.enumerated() {
                #expect(again.parameters[segment.name]?.allSatisfy { $0 == Float(index) + 2 } == true)
            }
        }
    }

    @Test func modelsOfIRVersion3AndTypesOtherThanFloatAreWrittenBack() throws {
        try withTemporaryFolder { folder in
            var count = 0
            for golden in try OperatorGolden.all() {
                let model = try ImportedModel(ONNXModel(bytes: golden.model))
                guard model.parameters.values.count > 0, !golden.readsStatistics else { continue }
                count += 1
                let parameters = try model.parameters.copy()
                // Quarters are exact in half precision too.
                for element in parameters.values.mutableElements.indices {
                    parameters.values.pointer[element] = 0.25 + Float(element % 5) / 4
                }
                let path = "\(folder)/model.onnx"
                try model.write(parameters.values, to: path)
                let again = try ImportedModel(path: path)
                #expect(
                    again.parameters.values.elements.elementsEqual(parameters.values.elements), "\(golden.label)")
                #expect(again.file.irVersion == model.file.irVersion)
                #expect(
                    try again.graph.outputs(for: golden.input, parameters: parameters)
                        == model.graph.outputs(for: golden.input, parameters: parameters), "\(golden.label)")
            }
            #expect(count > 100)
        }
    }

    @Test func aFileThatHasNoInferenceFormIsReportedBeforeAnyWork() throws {
        // The graph is sound, but a function beside it reads a normalisation's training output.
        let norm = Message.bytes(
            7,
            Message(
                .text(1, "x"), .text(1, "s"), .text(1, "b"), .text(1, "m"), .text(1, "v"), .text(2, "y"),
                .text(2, "m2"),
                .text(2, "v2"), .text(3, "norm"), .text(4, "BatchNormalization"),
                .bytes(5, Message.attribute("training_mode", int: 1).bytes)
            ).bytes)
        let function = Message.message(
            25, .text(1, "Block"), .text(10, "own"), .text(4, "x"), .text(5, "m2"), norm,
            .message(9, .text(1, ""), .int(2, 17)))
        let bytes = Message.model(
            graph: .node("Gemm", ["x", "w"], ["y"]), .floats("w", [2, 2]), .value(11, "x", dims: [1, 2]),
            .value(12, "y", dims: [1, 2]), extra: function)
        let model = try ImportedModel(ONNXModel(bytes: bytes))
        #expect(throws: ONNXError.outputsInUse(node: "norm", outputs: ["m2"])) { try model.checkWritable() }
    }

    @Test func aLinkStaysALinkAndAFileKeepsItsPermissions() throws {
        try withTemporaryFolder { folder in
            let model = try ImportedModel(path: Fixtures.path("small-cnn.dynamo-20"))
            let (target, link) = ("\(folder)/target.onnx", "\(folder)/link.onnx")
            try Data().write(to: URL(filePath: target))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            try model.write(model.parameters.values, to: link)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(
                Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
                    "target.onnx", "link.onnx", "link.onnx.data",
                ])
            #expect(throws: Never.self) { try ImportedModel(path: link) }
        }
    }

    @Test func aDataFileThatCannotBeWrittenLeavesTheModelAsItWas() throws {
        try withTemporaryFolder { folder in
            let model = try ImportedModel(path: Fixtures.path("small-cnn.dynamo-20"))
            let path = "\(folder)/model.onnx"
            try Data([1, 2, 3]).write(to: URL(filePath: path))
            // A folder stands where the data would go.
            try FileManager.default.createDirectory(atPath: path + ".data", withIntermediateDirectories: false)
            let error = fault { try model.write(model.parameters.values, to: path) }
            guard case .writeFailed(path + ".data", _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
        }
    }

    @Test func parametersOfAnotherModelAreRefused() throws {
        let model = try ImportedModel(path: Fixtures.path("small-cnn.dynamo-18"))
        let few = try AlignedBuffer<Float>(count: 3)
        #expect(throws: ONNXError.self) { try model.write(few, to: "/tmp/never-written.onnx") }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/never-written.onnx"))
    }
}
