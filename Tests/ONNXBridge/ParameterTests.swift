import Buffers
import Foundation
import Graphs
import ONNXBridge
import Testing

/// Which tensors of a file are trained, and as what; a file does not say.
@Suite struct ParameterTests {
    private func model(_ dims: [Int], opset: Int = 17, _ parts: Message...) throws -> ImportedModel {
        try ImportedModel(ONNXModel(bytes: Message.network(dims, opset: opset, Message(bytes: parts.flatMap(\.bytes)))))
    }

    private func kinds(_ model: ImportedModel) -> [String: ParameterKind] {
        Dictionary(uniqueKeysWithValues: model.parameters.layout.segments.map { ($0.name, $0.kind) })
    }

    private func norm(_ x: String, _ y: String, _ parameters: [String]) -> Message {
        .node("BatchNormalization", [x] + parameters, [y], name: "norm of \(x)")
    }

    @Test func whatLayersTakeAsWeightsIsTrainedAndNothingElse() throws {
        let model = try model(
            [-1, 2, 4, 4], .node("Sub", ["x", "mean"], ["a"]), .node("Conv", ["a", "w", "b"], ["c"]),
            norm("c", "d", ["scale", "shift", "m", "v"]), .node("Mul", ["d", "gain"], ["e"]),
            .node("Flatten", ["e"], ["f"]), .node("Transpose", ["dense"], ["t"]), .node("MatMul", ["f", "t"], ["g"]),
            .node("Add", ["offset", "g"], ["y"]), .floats("mean", [2, 1, 1]), .floats("w", [3, 2, 3, 3]),
            .floats("b", [3]),
            .floats("scale", [3]), .floats("shift", [3]), .floats("m", [3]), .floats("v", [3]), .floats("gain", [1]),
            .floats("dense", [5, 12]), .floats("offset", [5]))
        #expect(
            kinds(model) == [
                "w": .weight, "b": .bias, "scale": .scale, "shift": .shift, "m": .statistic, "v": .statistic,
                "dense": .weight, "offset": .bias,
            ])
        #expect(model.parameters.layout.segments.map(\.name).suffix(2) == ["m", "v"])
        // A single number is a setting.
        #expect(model.remarks == ["not trained: 'mean'"])
    }

    @Test func scalesAndShiftsBehindTrainedLayersAreTrained() throws {
        // Layer normalisation as TorchScript takes it apart before opset 17, and ConvNeXt's layer scale.
        let model = try model(
            [-1, 2, 4, 4], opset: 13, .node("Mul", ["x", "std"], ["a"]), .node("Add", ["a", "mean"], ["b"]),
            .node("Conv", ["b", "w"], ["c"]),
            .node("ReduceMean", ["c"], ["m"], attributes: .attribute("axes", ints: [-1])),
            .node("Sub", ["c", "m"], ["d"]), .node("Pow", ["d", "two"], ["e"]),
            .node("ReduceMean", ["e"], ["v"], attributes: .attribute("axes", ints: [-1])),
            .node("Add", ["v", "eps"], ["f"]), .node("Sqrt", ["f"], ["g"]), .node("Div", ["d", "g"], ["h"]),
            .node("Mul", ["h", "gamma"], ["i"]), .node("Add", ["i", "beta"], ["j"]),
            .node("Mul", ["layer", "j"], ["k"]), .node("Sub", ["k", "offset"], ["y"]), .floats("std", [2, 1, 1]),
            .floats("mean", [2, 1, 1]), .floats("w", [3, 2, 1, 1]), .floats("two", [], [2]), .floats("eps", [], [1]),
            .floats("gamma", [4]), .floats("beta", [4]), .floats("layer", [3, 1, 1]), .floats("offset", [3, 1, 1]))
        #expect(kinds(model) == ["w": .weight, "gamma": .scale, "beta": .shift, "layer": .weight])
        #expect(model.remarks.contains { $0.contains("'std', 'mean', 'offset'") })
    }

    @Test func aNormalisationThatWasTakenApartIsTrainedBeforeAnyLayer() throws {
        let model = try model(
            [-1, 4], .node("Mul", ["x", "x"], ["a"]), .node("ReduceMean", ["a"], ["b"]), .node("Sqrt", ["b"], ["c"]),
            .node("Div", ["x", "c"], ["d"]), .node("Mul", ["d", "gamma"], ["y"]), .floats("gamma", [4]))
        #expect(kinds(model) == ["gamma": .scale])
    }

    @Test func operandsOfFurtherLayersAreTrained() throws {
        let model = try model(
            [-1, 2, 4, 4], opset: 21, .node("ConvTranspose", ["x", "w", "b"], ["c"]), .node("PRelu", ["c", "slope"], ["d"]),
            .node("InstanceNormalization", ["d", "s1", "t1"], ["e"]),
            .node("GroupNormalization", ["e", "s2", "t2"], ["f"], attributes: .attribute("num_groups", int: 1)),
            .node("LayerNormalization", ["f", "s3", "t3"], ["g"]),
            .node("Einsum", ["g", "v"], ["y"], attributes: .attribute("equation", text: "nchw,dc->ndhw")),
            .floats("w", [2, 3, 1, 1]), .floats("b", [3]), .floats("slope", [3, 1, 1]), .floats("s1", [3]),
            .floats("t1", [3]), .floats("s2", [3]), .floats("t2", [3]), .floats("s3", [4]), .floats("t3", [4]),
            .floats("v", [2, 3]))
        #expect(
            kinds(model) == [
                "w": .weight, "b": .bias, "slope": .weight, "s1": .scale, "t1": .shift, "s2": .scale, "t2": .shift,
                "s3": .scale, "t3": .shift, "v": .weight,
            ])
        #expect(model.remarks.contains { $0.contains("no batch normalisation") } == false)
    }

    @Test func weightsInConstantNodesAreTrainedAndWrittenBack() throws {
        func constant(_ output: String, _ dims: [Int], domain: String = "") -> Message {
            let elements = (0..<dims.reduce(1, *)).flatMap { Message.littleEndian(Float($0).bitPattern) }
            let tensor = Message.tensor("", dims: dims, type: 1, .bytes(9, elements))
            let value = Message(.text(1, "value"), .bytes(5, tensor.bytes), .int(20, 4))
            return .bytes(
                1, Message(.text(2, output), .text(4, "Constant"), .bytes(5, value.bytes), .text(7, domain)).bytes)
        }
        try withTemporaryFolder { folder in
            let model = try model([-1, 3], constant("w", [3, 2]), .node("Gemm", ["x", "w"], ["y"]))
            #expect(kinds(model) == ["w": .weight])
            #expect(model.parameters["w"].map(Array.init) == [0, 1, 2, 3, 4, 5])
            model.parameters["w"]?.update(repeating: 7)
            try model.write(model.parameters.values, to: "\(folder)/m.onnx")
            let again = try ImportedModel(path: "\(folder)/m.onnx")
            #expect(again.parameters["w"].map(Array.init) == [7, 7, 7, 7, 7, 7])
        }
        // A node of that name in another domain is another operator.
        let error = #expect(throws: ImportError.self) {
            try model([-1, 3], constant("w", [3, 2], domain: "own"), .node("Gemm", ["x", "w"], ["y"]))
        }
        #expect(error?.description.contains("domain 'own'") == true)
    }

    @Test func statisticsThatTwoNormalisationsShareStay() throws {
        let model = try model(
            [-1, 2, 4, 4], norm("x", "a", ["s1", "b1", "m", "v"]), norm("a", "y", ["s2", "b2", "m", "v2"]),
            .floats("s1", [2]), .floats("b1", [2]), .floats("s2", [2]), .floats("b2", [2]), .floats("m", [2]),
            .floats("v", [2], [1, 1]), .floats("v2", [2], [1, 1]))
        #expect(
            kinds(model) == [
                "s1": .scale, "s2": .scale, "b1": .shift, "b2": .shift, "v": .statistic, "v2": .statistic,
            ])
        let norms = model.graph.nodes.compactMap { $0.operation as? BatchNormalization }
        #expect(norms.map(\.freezesStatistics) == [true, true])
        #expect(model.remarks.contains { $0.contains("'norm of x'") && $0.contains("'norm of a'") })
    }

    @Test func nothingToTrainIsRemarked() throws {
        let model = try model([4, 3], .node("Relu", ["x"], ["y"]))
        #expect(model.parameters.layout.count == 0)
        #expect(model.remarks.contains("nothing in it can be trained"))
        #expect(model.remarks.contains("the batch size is fixed at 4"))
    }

    @Test func numbersAreTheDecimalsThatTheAuthorWrote() throws {
        let model = try ImportedModel(path: Fixtures.path("residual.torchscript-17"))
        let norms = model.graph.nodes.compactMap { $0.operation as? BatchNormalization }
        #expect(norms.count == 6)
        #expect(norms.allSatisfy { $0.epsilon == 1e-5 && $0.momentum == 0.9 })
        let dropout = try ImportedModel(path: Fixtures.path("dropout.torchscript-17"))
        #expect(dropout.graph.nodes.compactMap { ($0.operation as? Dropout)?.ratio } == [0.25])
    }

    @Test func longWaysToAWeightAreFollowedOnce() throws {
        // 3,000 nodes that only move the weights, and as many sums that ask where their operands come from.
        var parts: [UInt8] = []
        for index in 0..<3000 {
            parts += Message.node("Identity", ["w\(index)"], ["w\(index + 1)"]).bytes
        }
        parts += Message.node("MatMul", ["x", "w3000"], ["y0"]).bytes
        for index in 0..<3000 {
            let output = index == 2999 ? "y" : "y\(index + 1)"
            parts += Message.node("Add", ["y\(index)", "w3000"], [output]).bytes
        }
        let model = try model([2, 2], Message(bytes: parts), .floats("w0", [2, 2]))
        #expect(kinds(model) == ["w0": .weight])
    }

    @Test func nodesInACircleEnd() throws {
        let circle = ["a", "b", "c"].enumerated().map { index, name in
            Message.node("Identity", [["c", "a", "b"][index]], [name])
        }
        #expect(throws: ImportError.self) {
            try model(
                [2, 2], Message(bytes: circle.flatMap(\.bytes)), .node("MatMul", ["x", "a"], ["z"]),
                .node("Add", ["z", "b"], ["y"]))
        }
    }
}
