import ONNXBridge
import Testing

@Suite("Elements of constants")
struct ElementTests {
    let values: [Float] = [-1, -0.5, 0, 0.5, 1, 1.5]

    @Test(arguments: ["float", "double", "float16", "bfloat16"], ["raw", "typed"])
    func floatingPointIsReadFromEveryEncoding(type: String, storage: String) throws {
        let tensor = try #require(try Fixtures.model("encodings").graph[initializer: "\(type).\(storage)"])
        #expect(tensor.shape == [2, 3])
        #expect(tensor.dataType.description == type)
        #expect(try tensor.elements(as: Float.self) == values)
        #expect(try tensor.elements(as: Double.self) == values.map(Double.init))
        guard case .unsupportedElements? = fault({ _ = try tensor.integers() }) else {
            Issue.record("floating point was read as integers")
            return
        }
    }

    @Test(
        arguments: ["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"], ["raw", "typed"])
    func integersAreReadFromEveryEncoding(type: String, storage: String) throws {
        let tensor = try #require(try Fixtures.model("encodings").graph[initializer: "\(type).\(storage)"])
        #expect(try tensor.integers() == [0, 1, 2, 100, 127, 3])
        guard case .unsupportedElements? = fault({ _ = try tensor.elements(as: Float.self) }) else {
            Issue.record("integers were read as floating point")
            return
        }
    }

    @Test func truthValuesScalarsAndEmptyTensorsAreRead() throws {
        let graph = try Fixtures.model("encodings").graph
        #expect(try graph[initializer: "bool.typed"]?.integers() == [0, 1, 1, 0, 1, 0])
        #expect(try graph[initializer: "scalar"]?.elements(as: Float.self) == [2.5])
        #expect(graph[initializer: "scalar"]?.shape == [])
        #expect(try graph[initializer: "empty"]?.elements(as: Float.self) == [])
        #expect(graph[initializer: "empty"]?.shape == [0, 3])
    }

    @Test func negativeIntegersAndHalvesKeepTheirSign() throws {
        let graph = try ONNXModel(
            bytes: Message.model(
                graph: .initializer("i8", dims: [2], type: 3, .int(5, -3), .int(5, -128)),
                .initializer("i64", dims: [1], type: 7, .int(7, -9)),
                .initializer("half", dims: [1], type: 10, .bytes(9, [0x00, 0xC1])))
        ).graph
        #expect(try graph[initializer: "i8"]?.integers() == [-3, -128])
        #expect(try graph[initializer: "i64"]?.integers() == [-9])
        #expect(try graph[initializer: "half"]?.elements(as: Float.self) == [-2.5])
    }

    @Test func unpackedAndPackedPiecesAreReadInOrder() throws {
        let pieces = Message(
            .float(4, 1),
            .bytes(4, Message.littleEndian(Float(2).bitPattern) + Message.littleEndian(Float(3).bitPattern)),
            .float(4, 4))
        let graph = try ONNXModel(bytes: Message.model(graph: .initializer("w", dims: [4], type: 1, pieces))).graph
        #expect(try graph[initializer: "w"]?.elements(as: Float.self) == [1, 2, 3, 4])
    }

    @Test func unsignedNumbersBeyondInt64AreRefused() throws {
        let bytes = Message.model(graph: .initializer("u", dims: [1], type: 13, .int(11, -1)))
        let tensor = try ONNXModel(bytes: bytes).graph.initializers[0]
        guard case .unsupportedElements? = fault({ _ = try tensor.integers() }) else {
            Issue.record("2^64 - 1 became \(try tensor.integers())")
            return
        }
    }

    @Test(arguments: [
        ("raw bytes too few", Message.initializer("w", dims: [2, 2], type: 1, .bytes(9, [0, 0, 0, 0]))),
        ("raw bytes too many", Message.initializer("w", dims: [], type: 10, .bytes(9, [0, 0, 0, 0]))),
        ("typed elements too few", Message.initializer("w", dims: [3], type: 1, .float(4, 1))),
        ("elements of another type", Message.initializer("w", dims: [1], type: 1, .int(7, 1))),
        ("no elements at all", Message.initializer("w", dims: [1 << 20], type: 1)),
        ("raw and typed", Message.initializer("w", dims: [1], type: 1, .float(4, 1), .bytes(9, [0, 0, 0, 0]))),
        ("a negative dimension", Message.initializer("w", dims: [-4], type: 1, .bytes(9, [0, 0, 0, 0]))),
        ("an overflowing shape", Message.initializer("w", dims: [1 << 40, 1 << 40], type: 1)),
        ("a size that overflows in bytes", Message.initializer("w", dims: [1 << 62], type: 1)),
        ("raw texts", Message.initializer("w", dims: [1], type: 8, .bytes(9, [0]))),
        ("raw elements of an unknown type", Message.initializer("w", dims: [1], type: 99, .bytes(9, [0]))),
        ("a segment", Message.initializer("w", dims: [1], type: 1, .float(4, 1), .message(3, .int(1, 0)))),
    ])
    func tensorsThatLieAboutTheirSizeAreRefused(reason: String, tensor: Message) {
        guard case .invalidTensor("w", _)? = fault({ _ = try ONNXModel(bytes: Message.model(graph: tensor)) }) else {
            Issue.record("accepted: \(reason)")
            return
        }
    }

    @Test func twoInitialisersOfOneNameAreRefused() {
        let one = Message.initializer("w", dims: [1], type: 1, .float(4, 1))
        let error = fault { _ = try ONNXModel(bytes: Message.model(graph: one, one)) }
        #expect(error == .invalidTensor(name: "w", reason: "two initialisers have this name"))
    }

    @Test func elementsOfLessThanAByteAreSizedButNotRead() throws {
        let graph = try ONNXModel(
            bytes: Message.model(
                graph: .initializer("raw", dims: [3], type: 22, .bytes(9, [0x21, 0x03])),
                .initializer("typed", dims: [3], type: 22, .int(5, 0x21), .int(5, 3)))
        ).graph
        #expect(graph.initializers.map(\.byteCount) == [2, 2])
        for tensor in graph.initializers {
            guard case .unsupportedElements? = fault({ _ = try tensor.integers() }) else {
                Issue.record("4-bit integers were read")
                continue
            }
        }
    }
}
