import Buffers
import ONNXBridge
import Testing

/// Whatever the bytes are, reading ends with a model or a typed error; the process survives, and so does an edit.
@Suite("Damaged and hostile files")
struct DamageTests {
    /// Reads a model and uses every part of it. Returns whether it could be read.
    private func exercise(_ bytes: [UInt8]) -> Bool {
        do {
            let model = try ONNXModel(bytes: bytes, directory: Fixtures.folder)
            var editor = ONNXEditor(model)
            for tensor in model.graph.initializers {
                if tensor.dataType.isTrainable {
                    try editor.replace(tensor, with: tensor.elements(as: Float.self))
                } else {
                    _ = try? tensor.integers()
                }
            }
            try editor.convertToInferenceForm()
            _ = try? editor.serialized()
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: Fixtures.all)
    func aFileCutOffAnywhereIsReported(name: String) throws {
        let bytes = try Fixtures.bytes(name)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let error = fault { _ = try ONNXModel(bytes: Array(bytes[..<count]), directory: Fixtures.folder) }
            switch error {
            case .truncated, .missing: continue
            case .notONNX where count == 0: continue
            default: Issue.record("\(name) cut to \(count) bytes: \(error.map(\.description) ?? "accepted")")
            }
        }
    }

    @Test(arguments: Fixtures.all)
    func bytesChangedAtRandomNeverEndTheProcess(name: String) throws {
        let original = try Fixtures.bytes(name)
        var random = Philox(seed: 2026)
        var read = 0
        for _ in 0..<500 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if exercise(bytes) { read += 1 }
        }
        // Most changes hit weights or names, and some hit the structure.
        #expect(read > 0 && read < 500)
    }

    @Test(arguments: ["dropout.torchscript-17", "encodings", "residual.torchscript-17"])
    func structureChangedAtRandomNeverEndsTheProcess(name: String) throws {
        let original = try Fixtures.bytes(name)
        var random = Philox(seed: 7)
        var failed = 0
        for _ in 0..<500 {
            var bytes = original
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let count = Int.random(in: 1...64, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.removeSubrange(at..<min(bytes.count, at + count))
            case 1: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + count)], at: at)
            default: bytes[at] = [0x00, 0x7F, 0x80, 0xFF][Int.random(in: 0..<4, using: &random)]
            }
            if !exercise(bytes) { failed += 1 }
        }
        #expect(failed > 100)
    }

    /// Bytes that no reader may take, by the rule that they break.
    static let brokenRules: [(String, [UInt8])] = [
        ("a length beyond the end", [0x08, 0x08, 0x3A, 0x7F, 0x0A]),
        ("a length of 2^63", [0x3A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
        ("a length of 2^64 - 1", [0x3A] + [UInt8](repeating: 0xFF, count: 9) + [0x01]),
        ("an integer of eleven bytes", [0x08] + [UInt8](repeating: 0xFF, count: 10) + [0x01]),
        ("an integer of more than 64 bits", [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x02]),
        ("an integer without end", [0x08] + [UInt8](repeating: 0x80, count: 9)),
        ("field number 0", [0x08, 0x08, 0x02, 0x01, 0x00]),
        ("a group", [0x08, 0x08, 0x3B, 0x3C]),
        ("an unknown wire type", [0x08, 0x08, 0x3E]),
        ("a graph that is an integer", [0x08, 0x08, 0x38, 0x01]),
        ("two graphs", [0x08, 0x08, 0x3A, 0x00, 0x3A, 0x00]),
        ("an inner length beyond the outer", [0x08, 0x08, 0x3A, 0x02, 0x0A, 0x05]),
        ("a name with a zero byte", [0x08, 0x08, 0x3A, 0x03, 0x12, 0x01, 0x00]),
    ]

    @Test(arguments: brokenRules)
    func brokenRulesOfTheFormatAreReported(rule: String, bytes: [UInt8]) {
        switch fault({ _ = try ONNXModel(bytes: bytes) }) {
        case .truncated, .malformed: break
        case let other: Issue.record("\(rule): \(other.map(\.description) ?? "accepted")")
        }
    }

    @Test func faultsAreLocated() {
        let node = Message.message(1, .text(1, "a"), .message(5, .text(1, "k"), Message(bytes: [0x3D, 0x00])))
        let error = fault { _ = try ONNXModel(bytes: Message.model(graph: .node("X", [], []), node)) }
        guard case .malformed(let field, _, _)? = error else {
            Issue.record("\(error.map(\.description) ?? "accepted")")
            return
        }
        #expect(field == "graph.node[1].attribute[0].floats[0]")
    }

    @Test func packedElementsOfOddSizeAreReported() {
        let tensor = Message.initializer("w", dims: [1], type: 1, .bytes(4, [0, 0, 0, 0, 0]))
        guard case .malformed? = fault({ _ = try ONNXModel(bytes: Message.model(graph: tensor)) }) else {
            Issue.record("five bytes became a number")
            return
        }
    }

    @Test func deepNestingIsRefusedAndReasonableNestingIsNot() throws {
        func nested(_ levels: Int) -> [UInt8] {
            var graph = Message.node("X", [], ["y"])
            for _ in 0..<levels {
                graph = .node(
                    "If", [], ["y"], attributes: Message(.text(1, "then_branch"), .bytes(6, graph.bytes), .int(20, 5)))
            }
            return Message.model(graph: graph)
        }
        #expect(try ONNXModel(bytes: nested(20)).graph.nodes.count == 1)
        for levels in [40, 2000] {
            guard case .malformed(_, _, let reason)? = fault({ _ = try ONNXModel(bytes: nested(levels)) }) else {
                Issue.record("\(levels) graphs within graphs were accepted")
                continue
            }
            #expect(reason.contains("nest"))
        }
    }

    @Test func manyEmptyMessagesDoNotExhaustMemory() throws {
        // Two bytes each: an empty initialiser takes hundreds of bytes of memory.
        let bytes = Message(
            .int(1, 8), .bytes(7, [UInt8](repeating: 0, count: 1 << 20).flatMap { _ in [0x2A, 0x00] as [UInt8] }),
            .message(8, .int(2, 17))
        ).bytes
        switch fault({ _ = try ONNXModel(bytes: bytes) }) {
        case .tooLarge, .invalidTensor: break
        case let other: Issue.record("\(other.map(\.description) ?? "accepted")")
        }
    }
}
