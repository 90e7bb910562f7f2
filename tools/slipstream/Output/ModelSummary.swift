import Slipstream

/// What `slipstream inspect` tells of a file; everything but the parameters is known even if it cannot be imported.
struct ModelSummary: Encodable {
    /// An input or output.
    struct Interface: Encodable {
        let name: String
        let type: String
        let shape: [String]
    }

    /// An operator, and how many nodes apply it.
    struct OperatorCount: Encodable {
        let operation: String
        let count: Int
        let supported: Bool

        private enum CodingKeys: String, CodingKey {
            case operation = "operator"
            case count, supported
        }
    }

    /// The classifier that `--replace-head` would replace.
    struct Head: Encodable {
        let node: String
        let operation: String
        let inputs: Int
        let classes: Int
        let parameters: [String]

        private enum CodingKeys: String, CodingKey {
            case node, inputs, classes, parameters
            case operation = "operator"
        }
    }

    /// A parameter, or a running statistic.
    struct Tensor: Encodable {
        let name: String
        let kind: String
        let type: String
        let shape: [Int]
        let count: Int
    }

    let file: String
    let producer: String
    let irVersion: Int
    let opset: Int
    let inputs: [Interface]
    let outputs: [Interface]
    let operators: [OperatorCount]
    let unsupported: [String]
    let trainable: Bool
    let parameters: Int?
    let statistics: Int?
    let multiplyAdds: Int?
    let sparsity: Sparsity?
    let head: Head?
    let headObstacle: String?
    let tensors: [Tensor]?
    let remarks: [String]

    private enum CodingKeys: String, CodingKey {
        case file, producer, opset, inputs, outputs, operators, unsupported, trainable, parameters, statistics, sparsity
        case head, tensors, remarks
        case headObstacle = "head_obstacle"
        case irVersion = "ir_version"
        case multiplyAdds = "multiply_adds"
    }

    /// - Parameters:
    ///   - path: the file.
    ///   - batch: another batch size than the file's; `nil` leaves it.
    ///   - listsParameters: whether to tell every parameter's name and shape.
    init(path: String, batch: Dimension? = nil, listsParameters: Bool = false) throws {
        let source = try ModelFile.open(path, batch: batch, permitsMissingData: true)
        file = path
        producer = [source.producerName, source.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
        irVersion = source.irVersion
        opset = source.opset
        inputs = source.graph.dataInputs.map(Interface.init)
        outputs = source.graph.outputs.map(Interface.init)
        var counts: [String: Int] = [:]
        for node in source.graph.nodes { counts[node.operation, default: 0] += 1 }
        let known = ImportedModel.operators.union(source.functions.map(\.operation))
        operators = counts.sorted { $0.key < $1.key }.map {
            OperatorCount(operation: $0.key, count: $0.value, supported: known.contains($0.key))
        }
        do throws(HeadError) {
            head = Head(try ClassifierHead(of: source))
            headObstacle = nil
        } catch {
            head = nil
            headObstacle = error.description
        }
        tensors = listsParameters ? source.parameters.map(Tensor.init) : nil
        do {
            let model = try ImportedModel(source)
            let layout = model.parameters.layout
            unsupported = []
            var obstacle: String?
            do { _ = try ClassifierOutput(of: model) } catch { obstacle = "it cannot be trained: \(error)" }
            trainable = layout.trainableCount > 0 && obstacle == nil
            parameters = layout.trainableCount
            statistics = layout.count - layout.trainableCount
            multiplyAdds = model.multiplyAdds
            let zeros = Sparsity(of: model.parameters)
            sparsity = zeros.isSparse ? zeros : nil
            remarks = ModelFile.remarks(on: model) + [obstacle].compactMap { $0 }
        } catch ImportError.unsupported(let nodes) {
            unsupported = nodes.map(\.description)
            (trainable, parameters, statistics, multiplyAdds, sparsity, remarks) = (false, nil, nil, nil, nil, [])
        } catch let error where error is ImportError || error is ONNXError {
            unsupported = ["\(error)"]
            (trainable, parameters, statistics, multiplyAdds, sparsity, remarks) = (false, nil, nil, nil, nil, [])
        }
    }

    /// The summary for a person, in lines of at most `width` columns where that is given.
    func text(width: Int?) -> String {
        var lines = ["\(file): opset \(opset), IR \(irVersion)" + (producer.isEmpty ? "" : ", by \(producer)")]
        let margin = 15
        func add(_ title: String, _ text: String) {
            let parts = width.map { text.wrapped(max($0 - margin - 1, 20)) } ?? [text]
            for (index, part) in parts.enumerated() { lines.append((index == 0 ? title : "").padded(margin) + part) }
        }
        for (title, values) in [("input", inputs), ("output", outputs)] {
            for value in values {
                let shape = value.shape.isEmpty ? "" : " " + value.shape.joined(separator: " x ")
                add(title, "\(value.name): \(value.type)\(shape)")
            }
        }
        for (index, item) in operators.enumerated() {
            let text = "\("\(item.count)".leftPadded(4)) \(item.operation)\(item.supported ? "" : "   not supported")"
            lines.append((index == 0 ? "operators" : "").padded(margin) + text)
        }
        if let parameters, let statistics {
            add("parameters", "\(parameters) trainable, \(statistics) running statistics")
        }
        if let multiplyAdds { add("multiply-adds", "\(multiplyAdds) an image") }
        if let sparsity {
            add("sparsity", SparsityTable.total(sparsity))
            lines += SparsityTable.layers(sparsity).map { "".padded(margin) + $0 }
        }
        if let head {
            add(
                "classifier",
                "'\(head.node)' (\(head.operation)): \(head.inputs) inputs, \(head.classes) classes, "
                    + "\(head.parameters.joined(separator: ", ")); --replace-head replaces it")
        } else if let headObstacle, unsupported.isEmpty {
            add("classifier", headObstacle)
        }
        let nameWidth = tensors?.map(\.name.count).max() ?? 0
        for (index, tensor) in (tensors ?? []).enumerated() {
            let shape = tensor.shape.isEmpty ? "1" : tensor.shape.map(String.init).joined(separator: " x ")
            lines.append(
                (index == 0 ? "tensors" : "").padded(margin) + "\(tensor.name.padded(nameWidth))  "
                    + "\(tensor.kind.padded(9))  \(shape)")
        }
        for reason in unsupported { add("cannot read", reason) }
        for remark in remarks { add("note", remark) }
        return lines.joined(separator: "\n")
    }
}

extension ModelSummary.Head {
    init(_ head: ClassifierHead) {
        node = head.node
        operation = head.operation
        inputs = head.inputs
        classes = head.classes
        parameters = head.parameters
    }
}

extension ModelSummary.Tensor {
    init(_ parameter: ModelParameter) {
        name = parameter.name
        kind = parameter.kind.rawValue
        type = parameter.dataType.description
        shape = parameter.shape
        count = parameter.count
    }
}

extension ModelSummary.Interface {
    init(_ value: ONNXValue) {
        name = value.name
        type = value.dataType?.description ?? "unknown"
        shape = value.shape?.map(\.description) ?? []
    }
}
