import Buffers
import ONNXBridge

/// Nodes put together at random, of the operators that are read, with hostile numbers for attributes and shapes.
struct RandomModel {
    private var random: Philox
    private var data = ["x"]

    init(seed: UInt64) { random = Philox(seed: seed) }

    /// What an operator takes: `d` data, `w` weights, `s` integers, the capital one that may be left out.
    private struct Signature: Sendable {
        let operands: String
        var attributes: [String] = []
    }

    private static let signatures: [String: Signature] = [
        "Conv": Signature(
            operands: "dwW", attributes: ["kernel_shape", "strides", "pads", "dilations", "group"]),
        "MaxPool": Signature(operands: "d", attributes: ["kernel_shape", "strides", "pads", "ceil_mode"]),
        "AveragePool": Signature(
            operands: "d", attributes: ["kernel_shape", "strides", "pads", "ceil_mode", "count_include_pad"]),
        "BatchNormalization": Signature(operands: "dwwww", attributes: ["epsilon", "momentum"]),
        "Gemm": Signature(operands: "dwW", attributes: ["alpha", "beta", "transA", "transB"]),
        "MatMul": Signature(operands: "dw"), "Clip": Signature(operands: "dWW", attributes: ["min", "max"]),
        "LeakyRelu": Signature(operands: "d", attributes: ["alpha"]), "Add": Signature(operands: "dd"),
        "Sub": Signature(operands: "dw"), "Mul": Signature(operands: "dd"), "Div": Signature(operands: "wd"),
        "Sum": Signature(operands: "dDW"), "Concat": Signature(operands: "dD", attributes: ["axis"]),
        "Softmax": Signature(operands: "d", attributes: ["axis"]),
        "LogSoftmax": Signature(operands: "d", attributes: ["axis"]),
        "ReduceMean": Signature(operands: "dS", attributes: ["axes", "keepdims", "noop_with_empty_axes"]),
        "ReduceSum": Signature(operands: "dS", attributes: ["axes", "keepdims", "noop_with_empty_axes"]),
        "Flatten": Signature(operands: "d", attributes: ["axis"]),
        "Reshape": Signature(operands: "ds", attributes: ["allowzero"]),
        "Transpose": Signature(operands: "d", attributes: ["perm"]),
        "Squeeze": Signature(operands: "dS", attributes: ["axes"]),
        "Unsqueeze": Signature(operands: "dS", attributes: ["axes"]), "Expand": Signature(operands: "ds"),
        "Shape": Signature(operands: "d", attributes: ["start", "end"]),
        "Gather": Signature(operands: "ds", attributes: ["axis"]),
        "Slice": Signature(operands: "dSSSS", attributes: ["starts", "ends", "axes"]),
        "Cast": Signature(operands: "d", attributes: ["to"]), "CastLike": Signature(operands: "wd"),
        "PRelu": Signature(operands: "dw"), "Pow": Signature(operands: "ds"), "Max": Signature(operands: "dDW"),
        "Min": Signature(operands: "dw"), "Where": Signature(operands: "dwd"), "Equal": Signature(operands: "dd"),
        "Less": Signature(operands: "dw"), "Greater": Signature(operands: "dd"), "And": Signature(operands: "dd"),
        "Or": Signature(operands: "dw"), "Elu": Signature(operands: "d", attributes: ["alpha"]),
        "HardSigmoid": Signature(operands: "d", attributes: ["alpha", "beta"]),
        "Pad": Signature(operands: "dsDS", attributes: ["pads", "value"]), "Tile": Signature(operands: "ds"),
        "Resize": Signature(operands: "dDWS", attributes: ["axes"]), "Upsample": Signature(operands: "dw"),
        "Split": Signature(operands: "dS", attributes: ["axis", "split"]),
        "DepthToSpace": Signature(operands: "d", attributes: ["blocksize"]),
        "SpaceToDepth": Signature(operands: "d", attributes: ["blocksize"]),
        "ConvTranspose": Signature(
            operands: "dwW", attributes: ["strides", "pads", "dilations", "group", "output_padding", "output_shape"]),
        "LRN": Signature(operands: "d", attributes: ["size", "alpha", "beta"]),
        "LayerNormalization": Signature(operands: "dwW", attributes: ["axis", "epsilon"]),
        "RMSNormalization": Signature(operands: "dw", attributes: ["axis", "epsilon"]),
        "InstanceNormalization": Signature(operands: "dww", attributes: ["epsilon"]),
        "GroupNormalization": Signature(operands: "dww", attributes: ["num_groups", "epsilon"]),
        "ReduceMax": Signature(operands: "dS", attributes: ["axes", "keepdims"]),
        "ReduceProd": Signature(operands: "dS", attributes: ["axes", "keepdims"]),
        "ReduceLogSumExp": Signature(operands: "dS", attributes: ["axes", "noop_with_empty_axes"]),
        "ArgMax": Signature(operands: "d", attributes: ["axis", "keepdims", "select_last_index"]),
        "Range": Signature(operands: "sss"), "Mod": Signature(operands: "dw", attributes: ["fmod"]),
        "Einsum": Signature(operands: "dw", attributes: ["equation"]), "Mean": Signature(operands: "ddW"),
        "ConstantOfShape": Signature(operands: "s"), "Dropout": Signature(operands: "dW", attributes: ["ratio"]),
    ]
    private static let operations = ImportedModel.operators.subtracting(["Constant"]).sorted()
    private static let lists = [
        "axes", "perm", "kernel_shape", "strides", "pads", "dilations", "starts", "ends", "split", "output_padding",
        "output_shape",
    ]
    private static let numbers = ["alpha", "beta", "epsilon", "momentum", "ratio", "min", "max", "value"]
    private static let hostile = [0, 1, 2, 3, 4, -1, -2, 1 << 31, -1 << 31, 1 << 40, .max, .min]

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func integer() -> Int { chance(6) ? pick(Self.hostile) : pick([0, 1, 1, 2, 2, 3, -1]) }

    private mutating func list(_ count: Int? = nil) -> [Int] {
        (0..<(count ?? Int.random(in: 0..<5, using: &random))).map { _ in integer() }
    }

    private mutating func attribute(_ name: String) -> Message {
        if Self.numbers.contains(name) { return .attribute(name, float: pick([0, 0.5, 1, -1, .nan, .infinity])) }
        if name == "equation" { return .attribute(name, text: pick(["nchw,wv->nchv", "ij,jk", "nc,c->n", "ii->i", "a,b->"])) }
        guard Self.lists.contains(name) else { return .attribute(name, int: integer()) }
        let length = ["kernel_shape": 2, "strides": 2, "dilations": 2, "pads": 4][name]
        return .attribute(name, ints: list(chance(10) ? nil : length))
    }

    private mutating func operand(_ kind: Character) -> String {
        if chance(12) { return pick(["", "x", "w", "s", "nothing"]) }
        if kind.isUppercase, chance(2) { return "" }
        switch kind.lowercased() {
        case "d": return pick(data)
        case "w": return pick(["w", "v"])
        default: return pick(["s", "i"])
        }
    }

    private mutating func node(_ index: Int) -> Message {
        let operation = pick(Self.operations)
        let signature = Self.signatures[operation] ?? Signature(operands: "d")
        var inputs = signature.operands.map { operand($0) }
        while inputs.last?.isEmpty == true { inputs.removeLast() }
        let needed: Set = ["kernel_shape", "axis", "to", "blocksize", "num_groups", "size", "equation"]
        var attributes: [Message] = []
        for name in signature.attributes where needed.contains(name) || chance(2) { attributes.append(attribute(name)) }
        let output = "n\(index)"
        data.append(output)
        return .bytes(
            1,
            inputs.flatMap { Message.text(1, $0).bytes } + Message.text(2, output).bytes
                + Message.text(4, operation).bytes + attributes.flatMap { Message.bytes(5, $0.bytes).bytes })
    }

    /// A model of one to three nodes.
    mutating func bytes() -> [UInt8] {
        let count = Int.random(in: 1...3, using: &random)
        let nodes = (0..<count).map { node($0) }
        let opset = Int.random(in: 7...24, using: &random)
        let dims = pick([[-1, 2, 6, 6], [1, 2, 5, 4], [-1, 4], [2, 2, 3], [-1, 2, -1, -1]])
        let weights = pick([[2, 2, 3, 3], [4, 4], [4], [2], [1], []])
        return Message.network(
            dims, opset: opset, outputs: ["n\(count - 1)"], Message(bytes: nodes.flatMap(\.bytes)),
            .floats("w", weights), .floats("v", [2]), .integers("s", list()), .integers("i", list()))
    }
}
