import Foundation
import Graphs
import ONNXBridge
import Tensors
import Testing

@Suite("stored test data")
struct TestDataTests {
    /// A tensor's message: floats, or integers as raw bytes.
    private func floats(_ dims: [Int], _ values: [Float], name: String = "stored") -> [UInt8] {
        Message.tensor(
            name, dims: dims, type: 1, .bytes(9, values.flatMap { Message.littleEndian($0.bitPattern) })
        ).bytes
    }
    private func integers(_ values: [Int]) -> [UInt8] {
        Message.tensor(
            "stored", dims: [values.count], type: 7, .bytes(9, values.flatMap { Message.littleEndian(Int64($0)) })
        ).bytes
    }
    /// An input of 64-bit integers.
    private func integerInput(_ name: String, dims: [Int]) -> Message {
        .message(
            11, .text(1, name),
            .message(2, .message(1, .int(1, 7), .bytes(2, dims.flatMap { Message.message(1, .int(1, $0)).bytes }))))
    }

    @Test func aTensorIsReadFromItsOwnFile() throws {
        try withTemporaryFolder { folder in
            try Data(floats([2, 2], [1, 2, 3, 4])).write(to: URL(filePath: "\(folder)/input_0.pb"))
            let message = try TensorMessage(path: "\(folder)/input_0.pb")
            #expect(message.tensor.name == "stored")
            #expect(message.tensor.shape == [2, 2])
            #expect(try message.tensor.elements(as: Float.self) == [1, 2, 3, 4])
        }
    }

    @Test(arguments: [[], [0x0A], [0x08, 0x02], Array("no tensor".utf8)])
    func somethingElseThanATensorIsRefused(bytes: [UInt8]) {
        #expect(throws: ONNXError.self) { try TensorMessage(bytes: bytes) }
    }

    @Test func aTensorThatLiesAboutItsSizeIsRefused() {
        #expect(throws: ONNXError.self) { try TensorMessage(bytes: floats([3], [1, 2])) }
        #expect(throws: ONNXError.self) { try TensorMessage(bytes: floats([1 << 40, 1 << 40], [1])) }
    }

    @Test func inputsBehindTheDataBecomeConstantsOfTheirNames() throws {
        let model = try ONNXModel(
            bytes: Message.model(
                graph: .node("Reshape", ["x", "shape"], ["r"]), .node("Mul", ["r", "scale"], ["y"]),
                integerInput("shape", dims: [2]), .value(11, "x", dims: [2, 6]), .value(11, "scale", dims: [1]),
                .value(12, "y", dims: [3, 4])))
        let values = try [
            TensorMessage(bytes: integers([3, 4])),
            TensorMessage(bytes: floats([2, 6], Array(repeating: 1, count: 12))),
            TensorMessage(bytes: floats([1], [2.5])),
        ]
        let (bound, input) = try model.binding(values)
        #expect(input == 1)
        #expect(bound.graph.dataInputs.map(\.name) == ["x"])
        #expect(bound.graph[initializer: "shape"].map { try? $0.integers() } == [3, 4])
        #expect(bound.graph[initializer: "scale"].map { try? $0.elements(as: Float.self) } == [2.5])
        let graph = try ImportedModel(bound).graph.specialized(inputShapes: [[2, 6]])
        #expect(graph.outputs.map { graph.type(of: $0)?.shape } == [[3, 4]])
    }

    @Test func whatDependsOnIntegersAloneIsKnown() throws {
        let model = try ONNXModel(
            bytes: Message.model(
                graph: .node("Add", ["a", "b"], ["y"]), integerInput("a", dims: [2]), integerInput("b", dims: [2]),
                .value(12, "y", dims: [2])))
        let (bound, input) = try model.binding(
            [integers([1, 2]), integers([10, 20])].map(TensorMessage.init(bytes:)))
        #expect(input == nil)
        let imported = try ImportedModel(bound).graph
        let graph = try imported.specialized(inputShapes: [[1]])
        #expect(graph.outputs.map { graph[$0].constant } == [.integers([11, 22])])
    }

    @Test func valuesThatDoNotFitTheInputsAreRefused() throws {
        let model = try ONNXModel(
            bytes: Message.model(
                graph: .node("Relu", ["x"], ["y"]), .value(11, "x", dims: [2]), .value(12, "y", dims: [2])))
        #expect(throws: ONNXError.self) { try model.binding([]) }
        #expect(throws: ONNXError.self) { try model.binding([TensorMessage(bytes: integers([1, 2]))]) }
    }

    @Test func dataSetsAreFoundInTheOrderOfTheirNumbers() throws {
        try withTemporaryFolder { folder in
            for number in [10, 2, 0] {
                let path = "\(folder)/test_data_set_\(number)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                for file in ["input_0.pb", "output_0.pb", "output_1.pb"] {
                    try Data(floats([1], [Float(number)])).write(to: URL(filePath: "\(path)/\(file)"))
                }
            }
            let paths = TestDataSet.paths(in: folder)
            #expect(paths.map { URL(filePath: $0).lastPathComponent } == [0, 2, 10].map { "test_data_set_\($0)" })
            let data = try TestDataSet(path: paths[2])
            #expect(data.name == "test_data_set_10")
            #expect(data.inputs.count == 1 && data.outputs.count == 2)
            #expect(try data.outputs[1].tensor.elements(as: Float.self) == [10])
        }
    }

    @Test func aDataSetWithoutResultsAndADamagedFileAreNamed() throws {
        try withTemporaryFolder { folder in
            #expect(throws: TestDataError.self) { try TestDataSet(path: folder) }
            try Data([1, 2, 3]).write(to: URL(filePath: "\(folder)/output_0.pb"))
            let error = #expect(throws: TestDataError.self) { try TestDataSet(path: folder) }
            #expect(error?.path == "\(folder)/output_0.pb")
        }
    }
}
