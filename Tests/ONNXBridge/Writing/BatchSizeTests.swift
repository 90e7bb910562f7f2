import Graphs
import ONNXBridge
import Testing

/// Sizes that an exporter saw and wrote into the file, though the input leaves the batch open.
@Suite struct BatchSizeTests {
    private func error(_ dims: [Int], _ parts: Message...) throws -> ImportError {
        let bytes = Message.network(dims, Message(bytes: parts.flatMap(\.bytes)))
        return try #require(throws: ImportError.self) { try ImportedModel(ONNXModel(bytes: bytes)) }
    }

    @Test(arguments: [32, 2, 8]) func aBatchSizeInAReshapeIsNamed(size: Int) throws {
        let error = try error(
            [-1, 8, 4, 4], .node("Reshape", ["x", "s"], ["f"]), .node("Gemm", ["f", "w"], ["y"], name: "dense"),
            .integers("s", [size, -1]), .floats("w", [128, 10]))
        guard case .batchSize(size, not: 1, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("a batch of \(size)"))
        #expect(reason.contains("dense"))
    }

    @Test func aSizeInAConstantNodeIsNamedToo() throws {
        let constant = Message(
            .text(1, "value"),
            .bytes(
                5,
                Message.tensor(
                    "", dims: [2], type: 7,
                    .bytes(
                        9,
                        [
                            16, 0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0,
                        ])
                ).bytes), .int(20, 4))
        let error = try error(
            [-1, 8, 4, 4], .node("Constant", [], ["s"], attributes: constant), .node("Reshape", ["x", "s"], ["y"]))
        guard case .batchSize(16, not: 1, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func aModelForOneImageAtATimeIsNamed() throws {
        let error = try error(
            [-1, 8, 4, 4], .node("Reshape", ["x", "s"], ["f"]), .node("Gemm", ["f", "w"], ["y"], name: "dense"),
            .integers("s", [1, -1]), .floats("w", [128, 10]))
        guard case .batchSize(1, not: 7, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.contains("'dense'") && reason.contains("896"))
    }

    @Test func whatFitsNoBatchIsAnOrdinaryError() throws {
        let error = try error(
            [-1, 8, 4, 4], .node("Flatten", ["x"], ["f"]), .node("Gemm", ["f", "w"], ["y"], name: "dense"),
            .floats("w", [127, 10]))
        guard case .unsupported(let nodes) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(nodes.map(\.name) == ["dense"])
    }

    @Test func aFixedBatchMayStandAnywhere() throws {
        let bytes = Message.network(
            [32, 8, 4, 4], .node("Reshape", ["x", "s"], ["f"]), .node("Gemm", ["f", "w"], ["y"]),
            .integers("s", [32, -1]), .floats("w", [128, 10]))
        let model = try ImportedModel(ONNXModel(bytes: bytes))
        #expect(model.remarks.contains("the batch size is fixed at 32"))
        #expect(model.graph.type(of: model.graph.outputs[0]) == .real([32, 10]))
    }

    @Test func aReshapeThatDoesNotTouchTheBatchIsFine() throws {
        let bytes = Message.network(
            [-1, 8, 4, 4], .node("Reshape", ["x", "s"], ["y"]), .integers("s", [-1, 8, 16]))
        #expect(throws: Never.self) { try ImportedModel(ONNXModel(bytes: bytes)) }
    }
}
