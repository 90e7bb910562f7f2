import Graphs

/// A constant that a node takes as a shape, and that begins with the size of a batch.
struct BatchConstant {
    /// Where integers are in a file.
    enum Source {
        /// In a tensor.
        case tensor(ONNXTensor)
        /// In an attribute: one integer or a list.
        case attribute(ONNXAttribute)

        var path: [WireKey] {
            switch self {
            case .tensor(let tensor): tensor.path
            case .attribute(let attribute): attribute.path
            }
        }

        /// The integers.
        var elements: [Int]? {
            switch self {
            case .tensor(let tensor):
                guard [.int64, .int32].contains(tensor.dataType), tensor.count < 16 else { return nil }
                return (try? tensor.integers())?.map { Int($0) }
            case .attribute(let attribute):
                switch attribute.value {
                case .int(let value): return [Int(value)]
                case .ints(let values): return values.map { Int($0) }
                default: return nil
                }
            }
        }
    }

    /// The node that takes it.
    let node: String
    /// Its operator.
    let opType: String
    /// What the node shapes.
    let operand: String
    /// Where it is in the file.
    let source: Source
    /// All integers of the shape, where they lie in one place.
    private let old: [Int]
    /// The shape that comes of them, if it is known.
    private let result: [Int]?
    /// Whether what the node shapes has to begin with the batch: where that comes from the data.
    let followsOperand: Bool
    /// Whether a 0 stands for the operand's dimension.
    private let zeroCopies: Bool

    /// The size that it begins with.
    var size: Int { old[0] }

    /// The integers for another size; for an open one, those that leave it to the node.
    ///
    /// - Throws: ``ImportError/batchStays(node:reason:)`` if there are none.
    func elements(_ size: Int?) throws(ImportError) -> [Int] {
        if let size { return [size] + old.dropFirst() }
        switch opType {
        case "Expand" where followsOperand: return [1] + old.dropFirst()
        // A list of one may be a part of a shape that has its −1 elsewhere.
        case "Reshape" where followsOperand && zeroCopies && (old.count == 1 || old.contains(-1)):
            return [0] + old.dropFirst()
        case "Reshape" where followsOperand && !old.contains(-1): return [-1] + old.dropFirst()
        // With `allowzero`, as PyTorch's default exporter writes it, the size that was left to the node can be named.
        case "Reshape" where followsOperand && result?.count == old.count:
            return [-1] + zip(old, result ?? []).dropFirst().map { $0 == -1 ? $1 : $0 }
        default:
            throw .batchStays(
                node: node,
                reason: "\(opType) cannot be told to take any batch by a constant; give a number for the batch size")
        }
    }
}

extension BatchConstant {
    /// Finds the constants of a model that begin with the size of its batch.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - nodes: its nodes, calls of functions expanded.
    ///   - graph: what it was imported as, its shapes inferred for that batch.
    ///   - size: the batch's size.
    ///   - operands: which operators take a shape, and as which operand.
    /// - Throws: ``ImportError/batchStays(node:reason:)`` if something else reads one of them.
    static func all(
        in model: ONNXModel, _ nodes: [ExpandedNode], graph: Graph, size: Int, operands: [String: Int]
    ) throws -> [BatchConstant] {
        var makers: [String: ONNXNode] = [:]
        var readers: [String: [ONNXNode]] = [:]
        for node in nodes.lazy.map(\.node) {
            for output in node.outputs { makers[output] = node }
            for input in node.inputs { readers[input, default: []].append(node) }
        }
        let data = graph.namesOfData()
        let types = Dictionary(graph.values.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        var found: [BatchConstant] = []
        var ways: [[String]] = []
        for node in nodes.lazy.map(\.node) where node.domain.isEmpty {
            guard let index = operands[node.opType], index < node.inputs.count, let operand = node.inputs.first,
                let (source, way) = source(of: node.inputs[index], model, makers), let old = source.elements,
                old.first == size
            else { continue }
            // The sizes are those of some dimensions only, of which the batch need not be the first.
            if case .ints(let axes)? = node["axes"], node.opType == "Resize", axes.first != 0 { continue }
            let isData = data.contains(operand)
            // A class token, say, that is repeated for each image; with a batch of one it may be anything.
            guard isData || node.opType == "Expand" && size > 1 else { continue }
            let allowsZero = if case .int(let flag)? = node["allowzero"] { flag != 0 } else { false }
            found.append(
                BatchConstant(
                    node: node.label, opType: node.opType, operand: operand, source: source, old: old,
                    result: node.outputs.first.flatMap { types[$0] ?? nil }?.shape,
                    followsOperand: isData, zeroCopies: !allowsZero))
            ways.append(way)
        }
        let known = Set(ways.joined()).union(ways.compactMap(\.first))
        for (constant, way) in zip(found, ways) {
            for name in way {
                for reader in readers[name] ?? [] {
                    let isShape = operands[reader.opType].map {
                        reader.inputs.indices.contains($0) && reader.inputs[$0] == name
                    }
                    let isWay = reader.outputs.contains(where: known.contains)
                    guard isWay || isShape == true && found.contains(where: { $0.node == reader.label }) else {
                        throw ImportError.batchStays(
                            node: constant.node, reason: "its shape is a constant that '\(reader.label)' reads too")
                    }
                }
            }
        }
        return found
    }

    /// The place in the file that the first integer of a value comes from, and the values on the way.
    private static func source(
        of name: String, _ model: ONNXModel, _ makers: [String: ONNXNode]
    ) -> (Source, way: [String])? {
        var way: [String] = []
        var name = name
        while way.count < 64 {
            way.append(name)
            if let tensor = model.graph[initializer: name] { return (.tensor(tensor), way) }
            guard let maker = makers[name], maker.domain.isEmpty else { return nil }
            switch maker.opType {
            case "Constant":
                guard let attribute = maker.attributes.first, !maker.refersToCaller else { return nil }
                if case .tensor(let tensor) = attribute.value { return (.tensor(tensor), way) }
                return (.attribute(attribute), way)
            case "Identity", "Cast", "Unsqueeze", "Squeeze", "Reshape", "Concat":
                guard let first = maker.inputs.first else { return nil }
                name = first
            default: return nil
            }
        }
        return nil
    }
}

extension Graph {
    /// The names of the values that the inputs reach.
    fileprivate func namesOfData() -> Set<String> {
        var reached = Set(inputs)
        for node in nodes where node.inputs.contains(where: { $0.map(reached.contains) ?? false }) {
            reached.formUnion(node.outputs)
        }
        return Set(reached.map { self[$0].name })
    }
}
