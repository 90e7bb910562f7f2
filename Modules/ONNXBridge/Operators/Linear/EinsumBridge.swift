import Graphs

/// `Einsum`: read as transpositions, sums and matrix products, without `...` and without a label twice in one operand.
enum EinsumBridge: OperatorBridge {
    static let opTypes = ["Einsum"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let equation = try node.text("equation", default: "").filter { $0 != " " }
        let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        let labels = terms.joined()
        guard labels.allSatisfy({ $0.isASCII && $0.isLetter }), terms.allSatisfy({ Set($0).count == $0.count }) else {
            throw OperandError(
                "equation '\(equation)' is not supported: labels must be letters, each once in an operand")
        }
        var result = Set(labels).filter { label in labels.filter { $0 == label }.count == 1 }.sorted()
        if sides.count == 2 {
            guard sides[1].first == ">" else { throw OperandError("equation '\(equation)' has no '->'") }
            result = Array(sides[1].dropFirst())
        }
        guard Set(result).count == result.count, Set(result).isSubset(of: labels) else {
            throw OperandError("the result of equation '\(equation)' must have labels of its operands, each once")
        }
        let operands = node.operands.compactMap { $0 }
        guard operands.count <= 64 else { throw OperandError("it has \(operands.count) operands; at most 64 are read") }
        guard !operands.isEmpty, operands.count == terms.count, operands.count == node.operands.count else {
            throw OperandError("equation '\(equation)' has \(terms.count) operands, the node \(node.operands.count)")
        }
        for (index, term) in terms.enumerated() {
            if let shape = node.shape(index), shape.count != term.count {
                throw OperandError(
                    "operand \(index) has \(shape.count) dimensions, but equation '\(equation)' gives it \(term.count)")
            }
        }
        return .operations { builder in
            var sum = LabelledValue(id: operands[0], labels: terms[0])
            for index in operands.indices.dropFirst() {
                let kept = Set(result).union(terms[(index + 1)...].joined())
                let next = LabelledValue(id: operands[index], labels: terms[index])
                sum = try sum.contracted(with: next, keeping: kept, &builder)
            }
            return [try sum.reduced(to: Set(result), &builder).transposed(to: result, &builder).id]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? { nil }
}

/// A value whose dimensions have labels.
private struct LabelledValue {
    let id: ValueID
    let labels: [Character]

    /// The sum over dimensions that are not kept.
    func reduced(to kept: Set<Character>, _ builder: inout GraphBuilder) throws -> LabelledValue {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        if axes.isEmpty { return self }
        let sum = try builder.apply(ReduceSum(axes: axes, keepsDimensions: false), id)
        return LabelledValue(id: sum, labels: labels.filter(kept.contains))
    }

    /// The dimensions in another order.
    func transposed(to order: [Character], _ builder: inout GraphBuilder) throws -> LabelledValue {
        if order == labels { return self }
        let permutation = order.compactMap { labels.firstIndex(of: $0) }
        return LabelledValue(id: try builder.apply(Transpose(permutation: permutation), id), labels: order)
    }

    /// The sizes of some dimensions.
    private func sizes(_ wanted: [Character], _ builder: inout GraphBuilder) throws -> ValueID {
        let axes = wanted.compactMap { labels.firstIndex(of: $0) }
        return try builder.apply(Gather(), try builder.apply(ShapeOf(), id), builder.constant(.integers(axes)))
    }

    /// Groups of dimensions merged into one each.
    private func merged(_ groups: [[Character]], _ builder: inout GraphBuilder) throws -> ValueID {
        let ordered = try transposed(to: groups.flatMap { $0 }, &builder)
        var products: [ValueID?] = []
        for group in groups {
            products.append(try builder.apply(ReduceProd(axes: [0]), try sizes(group, &builder)))
        }
        let shape = try builder.add(Concat(axis: 0), inputs: products)[0]
        return try builder.apply(Reshape(allowZero: true), ordered.id, shape)
    }

    /// The sum of products with another value over the labels that are not kept.
    func contracted(
        with other: LabelledValue, keeping kept: Set<Character>, _ builder: inout GraphBuilder
    ) throws -> LabelledValue {
        let (mine, theirs) = (Set(labels), Set(other.labels))
        let a = try reduced(to: kept.union(theirs), &builder)
        let b = try other.reduced(to: kept.union(mine), &builder)
        let shared = a.labels.filter(theirs.contains)
        let (batch, inner) = (shared.filter(kept.contains), shared.filter { !kept.contains($0) })
        let (rows, columns) = (a.labels.filter { !theirs.contains($0) }, b.labels.filter { !mine.contains($0) })
        let product = try builder.apply(
            MatMul(), try a.merged([batch, rows, inner], &builder), try b.merged([batch, inner, columns], &builder))
        let parts = [try a.sizes(batch + rows, &builder), try b.sizes(columns, &builder)]
        let shape = try builder.add(Concat(axis: 0), inputs: parts)[0]
        return LabelledValue(
            id: try builder.apply(Reshape(allowZero: true), product, shape), labels: batch + rows + columns)
    }
}
