import Graphs

extension ONNXModel {
    /// The sizes that a batch may be given.
    public static let batchSizes = 1...65_536

    /// The model with another batch size than its file fixes, or an open one; it is written with that.
    ///
    /// The input, the outputs and what the file notes of values in between get the new size, and so do the constants that
    /// `Reshape`, `Expand` and `Resize` nodes take as shapes, where that is safe.
    ///
    /// - Parameter batch: the size, one of ``batchSizes``, or a symbolic dimension for one that may vary. A batch that is
    ///   open already keeps its name.
    /// - Returns: the model as it is where nothing has to change.
    /// - Throws: ``ImportError/batchStays(node:reason:)`` with the node that needs the old size, or what importing throws.
    public func settingBatch(to batch: Dimension) throws -> ONNXModel {
        if let size = batch.size, !Self.batchSizes.contains(size) {
            let (least, most) = (Self.batchSizes.lowerBound, Self.batchSizes.upperBound)
            throw ImportError.batchStays(node: nil, reason: "a batch has from \(least) to \(most) images, not \(size)")
        }
        return try BatchRewrite.model(self, batch: batch)
    }
}

/// Gives a model another batch size, or an open one: in its input and outputs, in what it notes of values in between, and
/// in the shapes that `Reshape`, `Expand` and `Resize` nodes take from constants.
///
/// A constant is changed if it begins with the old size and shapes a value that begins with the batch. Nobody else may
/// read it. Then all shapes are inferred for two sizes that no dimension is likely to have: if they do not fit, the model
/// cannot be changed safely, and the node is named.
struct BatchRewrite {
    /// Operators that take a shape, and which of their operands it is.
    private static let shaped = ["Reshape": 1, "Expand": 1, "Resize": 3]
    private static let trials = [7, 11]

    private let model: ONNXModel
    private let nodes: [ExpandedNode]
    private let parameters: [FileParameter]
    private let input: ONNXValue
    private var constants: [BatchConstant] = []

    /// A model with another batch size; the model itself where nothing has to change.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - batch: the new size, at least 1; a symbolic one leaves it open, under the name that the model has if it has one.
    /// - Throws: ``ImportError/batchStays(node:reason:)``, or what importing the model throws.
    static func model(_ model: ONNXModel, batch: Dimension) throws -> ONNXModel {
        let nodes = try FunctionExpansion.nodes(of: model)
        let parameters = ParameterTable(model.graph, nodes: nodes).parameters
        var rewrite = try BatchRewrite(model, nodes, parameters)
        guard let old = try rewrite.bakedSize() else {
            if batch.size == nil { return model }
            return try rewrite.applied(batch, shapes: rewrite.inferred())
        }
        if batch.size == old, rewrite.input.dimensions[0].size == old { return model }
        let graph = try rewrite.graph(of: model, batch: old)
        rewrite.constants = try BatchConstant.all(in: model, nodes, graph: graph, size: old, operands: shaped)
        return try rewrite.applied(batch, shapes: rewrite.inferred(for: batch))
    }

    private init(_ model: ONNXModel, _ nodes: [ExpandedNode], _ parameters: [FileParameter]) throws {
        (self.model, self.nodes, self.parameters) = (model, nodes, parameters)
        let inputs = model.graph.dataInputs
        guard inputs.count == 1 else {
            throw ImportError.interface(inputs: inputs.map(\.name), outputs: model.graph.outputs.map(\.name))
        }
        guard inputs[0].shape?.isEmpty == false else {
            throw ImportError.batchStays(node: nil, reason: "the input '\(inputs[0].name)' does not say its dimensions")
        }
        input = inputs[0]
    }

    /// The size that the model is made for; `nil` if any will do.
    private func bakedSize() throws -> Int? {
        if let size = input.dimensions[0].size { return size }
        do {
            _ = try BatchSize.graph(of: model, nodes: nodes, parameters: parameters)
            return nil
        } catch ImportError.batchSize(let size, _, _) { return size }
    }

    /// A model's graph with every shape inferred for a batch; other open dimensions make it fail.
    private func graph(of model: ONNXModel, batch: Int) throws -> Graph {
        let nodes = try FunctionExpansion.nodes(of: model)
        let graph = try GraphImporter.graph(of: model, nodes: nodes, parameters: parameters, batch: batch)
        guard input.dimensions.dropFirst().allSatisfy({ $0.size != nil }) else {
            throw ImportError.batchStays(
                node: nil, reason: "the size of the images is open, so that shapes cannot be checked")
        }
        do {
            return try graph.specialized(inputShapes: [[batch] + input.dimensions.dropFirst().compactMap(\.size)])
        } catch { throw ImportError(error) ?? error }
    }

    /// The shapes of all values, by name, for each of the trial sizes.
    private func inferred(for batch: Dimension = .symbolic("")) throws -> [[String: [Int]]] {
        let isOpen = batch.size == nil
        return try Self.trials.map { size in
            let changed = try edited { constant in try constant.elements(isOpen ? nil : size) }
            let graph: Graph
            do { graph = try self.graph(of: changed, batch: size) } catch ImportError.unsupported(let nodes) {
                throw ImportError.batchStays(
                    node: nodes[0].name, reason: "with a batch of \(size) it does not fit: \(nodes[0].reason)")
            }
            var shapes: [String: [Int]] = [:]
            for value in graph.values where shapes[value.name] == nil { shapes[value.name] = value.type?.shape }
            for constant in constants where constant.followsOperand {
                guard let first = shapes[constant.operand]?.first, first != size else { continue }
                throw ImportError.batchStays(
                    node: constant.node,
                    reason: "its shape begins with \(constant.size), but what it shapes does not begin with the batch")
            }
            return shapes
        }
    }

    /// The model with other constants.
    private func edited(_ elements: (BatchConstant) throws -> [Int]) throws -> ONNXModel {
        guard !constants.isEmpty else { return model }
        var editor = ONNXEditor(model)
        for constant in constants { editor.replace(constant.source, with: try elements(constant)) }
        return try ONNXModel(editor.serialized(), editedFrom: model)
    }

    private func applied(_ batch: Dimension, shapes: [[String: [Int]]]) throws -> ONNXModel {
        var editor = ONNXEditor(model)
        for constant in constants { editor.replace(constant.source, with: try constant.elements(batch.size)) }
        let graph = model.graph
        if let index = graph.inputs.firstIndex(where: { $0.name == input.name }) {
            // An open dimension keeps its name.
            let isOpen = input.dimensions[0].size == nil && batch.size == nil
            if !isOpen { editor.setDimension(0, of: graph.path + [WireKey(WireNumber.Graph.input, index)], to: batch) }
        }
        for (field, values) in [
            (WireNumber.Graph.output, graph.outputs), (WireNumber.Graph.valueInfo, graph.valueInfo),
        ] {
            for (index, value) in values.enumerated() {
                let path = graph.path + [WireKey(field, index)]
                let known = shapes.compactMap { $0[value.name] }
                guard known.count == 2, let shape = value.shape, known.allSatisfy({ $0.count == shape.count }) else {
                    // A note on what the import does not know of would perhaps be wrong now.
                    if field == WireNumber.Graph.valueInfo { editor.remove(path) }
                    continue
                }
                for axis in shape.indices where known[0][axis] != known[1][axis] {
                    let (first, second) = (known[0][axis], known[1][axis])
                    // A multiple of the batch: several images' parts in one dimension.
                    let factor = first / Self.trials[0]
                    let isMultiple = first == factor * Self.trials[0] && second == factor * Self.trials[1]
                    let isKept = batch.size == nil && shape[axis].isOpen
                    if isKept { continue }
                    let new: Dimension =
                        if let size = batch.size { isMultiple ? .fixed(factor * size) : .symbolic("") } else {
                            factor == 1 && isMultiple ? batch : .symbolic("")
                        }
                    editor.setDimension(axis, of: path, to: new)
                }
            }
        }
        for function in model.functions {
            for index in function.valueInfo.indices {
                editor.remove(function.path + [WireKey(WireNumber.Function.valueInfo, index)])
            }
        }
        return try ONNXModel(editor.serialized(), editedFrom: model)
    }
}

extension ONNXDimension {
    /// Whether it is no number.
    var isOpen: Bool { if case .fixed = self { false } else { true } }
}
