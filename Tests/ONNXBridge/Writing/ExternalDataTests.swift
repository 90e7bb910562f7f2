import Foundation
import ONNXBridge
import Testing

@Suite("External data")
struct ExternalDataTests {
    private func file(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    private func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

    private func external(_ name: String, count: Int, _ entries: (String, String)...) -> Message {
        .initializer(
            name, dims: [count], type: 1,
            Message(bytes: entries.flatMap { Message.message(13, .text(1, $0.0), .text(2, $0.1)).bytes }), .int(14, 1))
    }

    private func floats(_ values: [Float]) -> [UInt8] { values.flatMap { Message.littleEndian($0.bitPattern) } }

    @Test func onlyChangedTensorsChangeInTheDataFile() throws {
        let name = "small-cnn.dynamo-20"
        let model = try Fixtures.model(name)
        let tensor = try #require(model.graph[initializer: "fc1.weight"])
        #expect(tensor.isExternal)
        try withTemporaryFolder { folder in
            var editor = ONNXEditor(model)
            try editor.replace(tensor, with: [Float](repeating: 3, count: tensor.count))
            guard case .invalidEdit? = fault({ _ = try editor.serialized() }) else {
                Issue.record("external elements were serialised into nowhere")
                return
            }
            try editor.write(to: "\(folder)/trained.onnx")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "trained.onnx", "trained.onnx.data",
                ])
            let again = try ONNXModel(path: "\(folder)/trained.onnx")
            for other in model.graph.initializers where other.dataType.isTrainable && other.name != tensor.name {
                let same = try #require(again.graph[initializer: other.name])
                #expect(try same.elements(as: Float.self) == other.elements(as: Float.self))
            }
            #expect(try again.graph[initializer: "fc1.weight"]?.elements(as: Float.self).allSatisfy { $0 == 3 } == true)
            let old = try file("\(Fixtures.path(name)).data")
            let new = try file("\(folder)/trained.onnx.data")
            #expect(old.count == new.count)
            #expect(old.indices.filter { old[$0] != new[$0] }.count <= tensor.byteCount)
            // Every location is shorter by the same number of bytes; nothing else changes its length.
            let renamed = "small-cnn.dynamo-20.onnx.data".count - "trained.onnx.data".count
            let locations = model.graph.initializers.filter(\.isExternal).count
            #expect(try Fixtures.bytes(name).count - file("\(folder)/trained.onnx").count == renamed * locations)
        }
    }

    @Test func underTheSameNameTheModelStaysByteForByte() throws {
        let name = "residual.dynamo-20-unoptimized"
        let model = try Fixtures.model(name)
        try withTemporaryFolder { folder in
            try ONNXEditor(model).write(to: "\(folder)/\(name).onnx")
            #expect(try file("\(folder)/\(name).onnx") == Fixtures.bytes(name))
            #expect(try file("\(folder)/\(name).onnx.data") == file("\(Fixtures.path(name)).data"))
        }
    }

    @Test func aModelCanBeWrittenOverItself() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/m.onnx"
            try write(
                Message.model(graph: external("a", count: 2, ("location", "m.onnx.data"), ("offset", "4"))), to: path)
            try write(floats([1, 2, 3, 4]), to: "\(path).data")
            let model = try ONNXModel(path: path)
            #expect(try model.graph.initializers[0].elements(as: Float.self) == [2, 3])
            var editor = ONNXEditor(model)
            try editor.replace(model.graph.initializers[0], with: [Float(20), 30])
            try editor.write(to: path)
            #expect(try file("\(path).data") == floats([1, 20, 30, 4]))
            #expect(try ONNXModel(path: path).graph.initializers[0].elements(as: Float.self) == [20, 30])
        }
    }

    @Test func severalDataFilesAreNumberedAndChecksumsOfChangedOnesGo() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: true)
            try write(floats([1]), to: "\(folder)/sub/one.bin")
            try write(floats([2]), to: "\(folder)/two.bin")
            let path = "\(folder)/m.onnx"
            try write(
                Message.model(
                    graph: external("a", count: 1, ("location", "sub/one.bin"), ("checksum", "abc")),
                    external("b", count: 1, ("location", "two.bin"), ("checksum", "def"))), to: path)
            let model = try ONNXModel(path: path)
            var editor = ONNXEditor(model)
            try editor.replace(model.graph.initializers[1], with: [Float(5)])
            try editor.write(to: "\(folder)/out.onnx")
            #expect(
                try file("\(folder)/out.onnx")
                    == Message.model(
                        graph: external("a", count: 1, ("location", "out.onnx.1.data"), ("checksum", "abc")),
                        external("b", count: 1, ("location", "out.onnx.2.data"))))
            #expect(try file("\(folder)/out.onnx.1.data") == floats([1]))
            #expect(try file("\(folder)/out.onnx.2.data") == floats([5]))
        }
    }

    @Test func tensorsThatShareBytesAreMovedApart() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/m.onnx"
            try write(floats([1, 2, 3]), to: "\(folder)/w")
            try write(
                Message.model(
                    graph: external("a", count: 2, ("location", "w")),
                    external("b", count: 2, ("location", "w"), ("offset", "4"), ("length", "8"))), to: path)
            let model = try ONNXModel(path: path)
            var editor = ONNXEditor(model)
            try editor.replace(model.graph.initializers[0], with: [Float(10), 20])
            try editor.write(to: "\(folder)/out.onnx")
            let again = try ONNXModel(path: "\(folder)/out.onnx").graph
            #expect(try again[initializer: "a"]?.elements(as: Float.self) == [10, 20])
            #expect(try again[initializer: "b"]?.elements(as: Float.self) == [2, 3])
        }
    }

    @Test func tensorsInPartsThatAreNotReadMoveAsWell() throws {
        try withTemporaryFolder { folder in
            try write(floats([1]), to: "\(folder)/w")
            let state = external("state", count: 1, ("location", "w"))
            // Training information (20) holds a graph (1) with an initialiser.
            func model(_ state: Message) -> [UInt8] {
                Message.model(graph: .node("X", [], ["y"]), extra: .message(20, .message(1, state)))
            }
            try write(model(state), to: "\(folder)/m.onnx")
            try ONNXEditor(try ONNXModel(path: "\(folder)/m.onnx")).write(to: "\(folder)/out.onnx")
            #expect(
                try file("\(folder)/out.onnx") == model(external("state", count: 1, ("location", "out.onnx.data"))))
        }
    }

    @Test func placesOutsideTheModelsFolderAreRefused() throws {
        try withTemporaryFolder { folder in
            try write(floats([1]), to: "\(folder)/w")
            try FileManager.default.createDirectory(atPath: "\(folder)/inner", withIntermediateDirectories: true)
            for location in ["../w", "\(folder)/w", "a/../../w", "", "..", "absent", "."] {
                let path = "\(folder)/inner/m.onnx"
                try write(Message.model(graph: external("a", count: 1, ("location", location))), to: path)
                guard case .externalData("a", location, _)? = fault({ _ = try ONNXModel(path: path) }) else {
                    Issue.record("'\(location)' was accepted")
                    continue
                }
            }
        }
    }

    @Test func rangesOutsideTheDataFileAreRefused() throws {
        try withTemporaryFolder { folder in
            try write(floats([1, 2]), to: "\(folder)/w")
            for (offset, length) in [
                ("8", "4"), ("5", "4"), ("-4", "4"), ("9223372036854775807", "4"), ("x", "4"), ("0", "8"), ("0", "x"),
                ("99999999999999999999", "4"),
            ] {
                let tensor = external("a", count: 1, ("location", "w"), ("offset", offset), ("length", length))
                let bytes = Message.model(graph: tensor)
                guard case .externalData? = fault({ _ = try ONNXModel(bytes: bytes, directory: folder) }) else {
                    Issue.record("offset \(offset), length \(length) was accepted")
                    continue
                }
            }
            let bytes = Message.model(graph: external("a", count: 1, ("location", "w"), ("offset", "4")))
            #expect(
                try ONNXModel(bytes: bytes, directory: folder).graph.initializers[0].elements(as: Float.self) == [2])
            guard case .externalData? = fault({ _ = try ONNXModel(bytes: bytes) }) else {
                Issue.record("external data was found without a folder")
                return
            }
        }
    }

    @Test func aDataFileThatShrinksIsReported() throws {
        try withTemporaryFolder { folder in
            try write(floats([1, 2]), to: "\(folder)/w")
            let bytes = Message.model(graph: external("a", count: 2, ("location", "w")))
            let model = try ONNXModel(bytes: bytes, directory: folder)
            try write(floats([1]), to: "\(folder)/w")
            guard case .externalData? = fault({ _ = try model.graph.initializers[0].elements(as: Float.self) }) else {
                Issue.record("elements were read past the end")
                return
            }
        }
    }
}
