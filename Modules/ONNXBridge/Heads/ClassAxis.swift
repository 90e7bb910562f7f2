/// Which dimension of a value counts the classes.
struct ClassAxis: Hashable {
    /// The number of dimensions; `nil` if that is not known.
    let rank: Int?
    /// The dimension: from the first on, or negative from the last on where the rank is not known.
    let axis: Int

    /// The same with a rank that the file states, or 2 where it states none: the result is then checked by its shapes.
    func resolved(_ stated: Int?) -> (rank: Int, axis: Int) {
        let rank = rank ?? stated ?? 2
        return (rank, axis < 0 ? axis + rank : axis)
    }
}

/// Follows the classes from the classifier to the outputs, node by node.
struct ClassAxes {
    /// A number of a `Reshape`'s shape that is the number of classes.
    struct ShapeConstant {
        let tensor: ONNXTensor
        let position: Int
    }

    /// The dimension that counts the classes, by the names of values.
    private(set) var known: [String: Int] = [:]
    /// What has to change in shapes that the file holds as constants.
    private(set) var constants: [ShapeConstant] = []

    private let graph: ONNXGraph
    private let uses: ValueUses
    private let opset: Int
    private let classes: Int
    private var ranks: [String: Int] = [:]
    private let stated: [String: Int]

    /// - Throws: ``HeadError/unknownUse(node:operation:reason:)`` for a node that depends on the classes otherwise.
    init(_ found: HeadSearch.Found, in model: ONNXModel, _ uses: ValueUses) throws(HeadError) {
        graph = model.graph
        self.uses = uses
        opset = model.opset
        classes = found.weight.classes
        stated = Dictionary(
            (graph.valueInfo + graph.outputs).compactMap { value in
                value.shape.map { (value.name, $0.count) }
            }
        ) { first, _ in first }
        guard let output = found.node.outputs.first else { return }
        set(output, found.axis)
        for node in graph.nodes where node.path != found.node.path {
            guard let operand = ValueUses.names(readBy: node).first(where: { known[$0] != nil }) else { continue }
            let isAdder = node.path == found.adder?.path
            guard let axis = try axis(behind: node, operand: operand, isAdder: isAdder) else { continue }
            for output in node.outputs.prefix(node.opType == "Dropout" ? 2 : 1) where !output.isEmpty {
                set(output, axis)
            }
        }
    }

    private mutating func set(_ name: String, _ axis: ClassAxis) {
        let (rank, axis) = axis.resolved(stated[name])
        (known[name], ranks[name]) = (axis, rank)
    }

    /// Which dimension of a node's result counts the classes; `nil` where none does.
    private mutating func axis(
        behind node: ONNXNode, operand: String, isAdder: Bool
    ) throws(HeadError) -> ClassAxis? {
        func unknown(_ reason: String) -> HeadError {
            .unknownUse(node: node.label, operation: node.operation, reason: reason)
        }
        guard let axis = known[operand], let rank = ranks[operand] else { return nil }
        let same = ClassAxis(rank: rank, axis: axis)
        guard node.domain.isEmpty, ValueUses.innerNames(of: node).allSatisfy({ known[$0] == nil }) else {
            throw unknown("reads its results")
        }
        switch node.opType {
        case "Shape", "Size": return nil
        case "ArgMax", "ArgMin":
            // Which class it is does not depend on how many there are, if it chooses among classes.
            guard Self.positive(HeadSearch.integer(node, "axis") ?? 0, rank) == axis else {
                throw unknown("chooses along another dimension than that of the classes")
            }
            return nil
        case _ where isAdder || HeadSearch.elementwise.contains(node.opType): return same
        case _ where HeadSearch.arithmetic.contains(node.opType):
            let other = node.inputs.first { $0 != operand }
            guard let other, uses.constant(other)?.count == 1 else {
                throw unknown("joins its results with something that may have one number a class")
            }
            return same
        case _ where HeadSearch.pooling.contains(node.opType):
            guard axis == 1 else { throw unknown("pools over classes") }
            return same
        case _ where HeadSearch.reductions.contains(node.opType):
            return try reduction(node, rank, axis).map { ClassAxis(rank: $0.rank, axis: $0.axis) }
        case "Flatten":
            // What lies behind the classes has one element: the result's shape is checked.
            guard axis == 1, Self.positive(HeadSearch.integer(node, "axis") ?? 1, rank) == 1 else {
                throw unknown("joins the classes with another dimension")
            }
            return ClassAxis(rank: 2, axis: 1)
        case "Squeeze":
            guard let axes = try axes(of: node, since: 13) else { return ClassAxis(rank: 2, axis: 1) }
            let gone = Set(axes.map { Self.positive($0, rank) })
            guard !gone.contains(axis) else { throw unknown("removes the dimension of the classes") }
            return ClassAxis(rank: rank - gone.count, axis: axis - gone.filter { $0 < axis }.count)
        case "Transpose":
            guard case .ints(let order)? = node["perm"] else {
                return ClassAxis(rank: rank, axis: rank - 1 - axis)
            }
            guard let place = order.firstIndex(of: Int64(axis)) else { throw unknown("has an impossible order") }
            return ClassAxis(rank: rank, axis: place)
        case "Reshape": return try reshape(node, rank, axis)
        default: throw unknown("is not known to work for another number of classes")
        }
    }

    private func reduction(
        _ node: ONNXNode, _ rank: Int, _ axis: Int
    ) throws(HeadError) -> (rank: Int, axis: Int)? {
        let axes = try axes(of: node, since: node.opType == "ReduceSum" ? 13 : 18) ?? Array(0..<rank)
        let gone = Set(axes.map { Self.positive($0, rank) })
        if gone.contains(axis) { return nil }
        if HeadSearch.integer(node, "keepdims") ?? 1 != 0 { return (rank, axis) }
        return (rank - gone.count, axis - gone.filter { $0 < axis }.count)
    }

    /// The dimensions that a node names, as an attribute or, since an opset, as an operand; `nil` if it names none.
    private func axes(of node: ONNXNode, since opset: Int) throws(HeadError) -> [Int]? {
        if self.opset < opset {
            if case .ints(let axes)? = node["axes"] { return axes.map { Int($0) } }
            return nil
        }
        guard node.inputs.count > 1, !node.inputs[1].isEmpty else { return nil }
        guard let axes = try? uses.constant(node.inputs[1])?.integers() else {
            throw .unknownUse(node: node.label, operation: node.operation, reason: "computes its dimensions")
        }
        return axes.map { Int($0) }
    }

    private mutating func reshape(_ node: ONNXNode, _ rank: Int, _ axis: Int) throws(HeadError) -> ClassAxis? {
        func unknown(_ reason: String) -> HeadError {
            .unknownUse(node: node.label, operation: node.operation, reason: reason)
        }
        guard node.inputs.count > 1 else { throw unknown("has no shape") }
        // A computed shape gives rows of logits as a rule; the result's shape is checked.
        guard let tensor = uses.constant(node.inputs[1]) else { return ClassAxis(rank: 2, axis: 1) }
        guard tensor.count <= 8, let sizes = try? tensor.integers() else { throw unknown("has an impossible shape") }
        let places = sizes.indices.filter { sizes[$0] == Int64(classes) }
        let place: Int
        if let only = places.last, places.count == 1 || only == sizes.count - 1 {
            let names = Set([node.inputs[1]] + (graph[initializer: tensor.name] == nil ? [] : [tensor.name]))
            guard names.allSatisfy({ uses.readers(of: $0).count == 1 }) else {
                throw unknown(
                    "takes its shape, which holds the number of classes, from '\(node.inputs[1])', as others do")
            }
            constants.append(ShapeConstant(tensor: tensor, position: only))
            place = only
        } else if places.isEmpty, let open = sizes.firstIndex(of: -1), open > 0 {
            place = open
        } else if places.isEmpty, sizes.indices.contains(axis), sizes[axis] == 0 {
            place = axis
        } else {
            throw unknown("has the shape \(sizes), in which the number of classes cannot be told from others")
        }
        return ClassAxis(rank: sizes.count, axis: place)
    }

    private static func positive(_ axis: Int, _ rank: Int) -> Int { axis < 0 ? axis + rank : axis }
}
