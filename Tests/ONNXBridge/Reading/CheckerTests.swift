import Buffers
import ONNXBridge
import Testing

@Suite("libonnx")
struct CheckerTests {
    @Test func versionsAreKnown() throws {
        #expect(ONNXChecker.release.split(separator: ".").count == 3)
        #expect(ONNXChecker.newestIRVersion >= 8)
        let opset = try #require(ONNXChecker.newestOpset())
        #expect(opset >= 17)
        #expect(ONNXChecker.newestOpset(domain: "ai.onnx") == opset)
        #expect(ONNXChecker.newestOpset(domain: "com.example") == nil)
    }

    @Test(arguments: Fixtures.all)
    func fixturesAreValidOrNewerThanLibonnx(name: String) throws {
        let model = try Fixtures.model(name)
        let verdict = ONNXChecker.check(path: Fixtures.path(name))
        let known = try #require(ONNXChecker.newestOpset())
        if model.opset <= known, model.irVersion <= ONNXChecker.newestIRVersion {
            #expect(verdict == .valid)
        } else {
            guard case .newer = verdict else {
                Issue.record("\(name): \(verdict)")
                return
            }
        }
    }

    @Test func wrongModelsAreInvalid() {
        let relu = Message.node("Relu", ["x"], ["y"])
        let values = Message(.value(11, "x", dims: [2]), .value(12, "y", dims: [2]))
        #expect(ONNXChecker.check(Message.model(graph: relu, values)) == .valid)
        for (fault, bytes) in [
            ("an operator that does not exist", Message.model(graph: .node("Frobnicate", ["x"], ["y"]), values)),
            ("an input that nobody makes", Message.model(graph: .node("Relu", ["z"], ["y"]), values)),
            (
                "an attribute that the operator lacks",
                Message.model(graph: .node("Relu", ["x"], ["y"], attributes: .attribute("slope", int: 1)), values)
            ),
            (
                "a shape that cannot be",
                Message.model(graph: relu, .value(11, "x", dims: [2]), .value(12, "y", dims: [3]))
            ),
        ] {
            guard case .invalid(let reason) = ONNXChecker.check(bytes) else {
                Issue.record("accepted: \(fault)")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func newerVersionsAreToldFromWrongModels() {
        let graph = Message(.node("Relu", ["x"], ["y"]), .value(11, "x", dims: [2]), .value(12, "y", dims: [2]))
        for bytes in [
            Message.model(opset: 1000, graph: graph), Message.model(ir: 1000, graph: graph),
            // What is wrong in a model of a newer version cannot be said.
            Message.model(opset: 1000, graph: .node("Frobnicate", ["x"], ["y"])),
        ] {
            guard case .newer(let reason) = ONNXChecker.check(bytes) else {
                Issue.record("\(ONNXChecker.check(bytes))")
                continue
            }
            #expect(reason.contains("1000"))
        }
    }

    @Test func unreadableInputIsNoFaultOfAModel() {
        for verdict in [
            ONNXChecker.check(Array("not a model".utf8)), ONNXChecker.check(path: "/nonexistent/m.onnx"),
            ONNXChecker.check(path: Fixtures.folder),
        ] {
            guard case .unreadable = verdict else {
                Issue.record("\(verdict)")
                continue
            }
        }
    }

    /// A model whose graph calls the first of some functions, each given by the names of those that it calls.
    private func model(_ functions: [(name: String, calls: [String])], calling names: [String]) -> [UInt8] {
        func call(_ field: Int, _ name: String, _ input: String, _ output: String) -> Message {
            .message(field, .text(1, input), .text(2, output), .text(4, name), .text(7, "local"))
        }
        let bodies = functions.map { function in
            let calls = function.calls.enumerated().map { call(7, $1, "x", $0 == 0 ? "y" : "y\($0)").bytes }
            let relu =
                function.calls.isEmpty ? Message.message(7, .text(1, "x"), .text(2, "y"), .text(4, "Relu")) : Message()
            return Message.message(
                25, .text(1, function.name), .text(4, "x"), .text(5, "y"), Message(bytes: calls.flatMap { $0 }), relu,
                .message(9, .text(1, ""), .int(2, 17)), .message(9, .text(1, "local"), .int(2, 1)), .text(10, "local")
            ).bytes
        }
        let calls = names.enumerated().map { call(1, $1, "x", $0 == 0 ? "y" : "y\($0)").bytes }
        return Message.model(
            graph: Message(bytes: calls.flatMap { $0 }), .value(11, "x", dims: [1]), .value(12, "y", dims: [1]),
            extra: Message(bytes: bodies.flatMap { $0 } + Message.message(8, .text(1, "local"), .int(2, 1)).bytes))
    }

    @Test func functionsThatCallWithoutEndAreInvalid() {
        let chain = (0..<5).map { (name: "f\($0)", calls: $0 < 4 ? ["f\($0 + 1)"] : []) }
        #expect(ONNXChecker.check(model(chain, calling: ["f0"])) == .valid)
        // Entered from its end, every part of the chain is short; as a whole it is not.
        let long = (0..<3000).map { (name: "f\($0)", calls: $0 < 2999 ? ["f\($0 + 1)"] : []) }
        let doubling = (0..<60).map { (name: "f\($0)", calls: $0 < 59 ? ["f\($0 + 1)", "f\($0 + 1)"] : []) }
        for (fault, bytes) in [
            ("itself", model([("f", ["f"])], calling: ["f"])),
            ("each other", model([("f", ["g"]), ("g", ["f"])], calling: ["f"])),
            ("a long chain", model(long, calling: stride(from: 2999, through: 0, by: -50).map { "f\($0)" })),
            ("twice the next one", model(doubling, calling: ["f0"])),
        ] {
            guard case .invalid(let reason) = ONNXChecker.check(bytes) else {
                Issue.record("accepted: a function that calls \(fault)")
                continue
            }
            #expect(reason.contains("call"))
        }
    }

    @Test(arguments: ["dropout.torchscript-17", "encodings", "residual.torchscript-13"])
    func damagedModelsGetAVerdict(name: String) throws {
        let original = try Fixtures.bytes(name)
        var random = Philox(seed: 11)
        var valid = 0
        for _ in 0..<500 {
            var bytes = original
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if ONNXChecker.check(bytes) == .valid { valid += 1 }
        }
        #expect(valid < 500)
    }
}
