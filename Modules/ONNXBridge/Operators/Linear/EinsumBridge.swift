import Graphs
import Tensors

/// `Einsum`: read as transpositions, sums and matrix products. `...` needs operands whose number of dimensions is known while
/// the file is read; a label that occurs twice in one operand takes its diagonal.
enum EinsumBridge: OperatorBridge {
    static let opTypes = ["Einsum"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let written = try node.text("equation", default: "").filter { $0 != " " }
        let equation = try spelledOut(written, node)
        let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        let labels = terms.joined()
        guard labels.allSatisfy({ $0.isLetter }), terms.allSatisfy({ $0.count <= 16 }) else {
            throw OperandError(
                "equation '\(written)' is not supported: labels must be letters, 16 in an operand at most")
        }
        // Dimensions that `...` stands for come first where the result is not given.
        var result = Set(labels).filter { label in label.isASCII && labels.filter { $0 == label }.count == 1 }.sorted()
        result = Set(labels.filter { !$0.isASCII }).sorted() + result
        if sides.count == 2 {
            guard sides[1].first == ">" else { throw OperandError("equation '\(written)' has no '->'") }
            result = Array(sides[1].dropFirst())
        }
        guard Set(result).count == result.count, Set(result).isSubset(of: labels) else {
            throw OperandError("the result of equation '\(written)' must have labels of its operands, each once")
        }
        let operands = node.operands.compactMap { $0 }
        guard operands.count <= 64 else { throw OperandError("it has \(operands.count) operands; at most 64 are read") }
        guard !operands.isEmpty, operands.count == terms.count, operands.count == node.operands.count else {
            throw OperandError("equation '\(written)' has \(terms.count) operands, the node \(node.operands.count)")
        }
        for (index, term) in terms.enumerated() {
            if let shape = node.shape(index), shape.count != term.count {
                throw OperandError(
                    "operand \(index) has \(shape.count) dimensions, but equation '\(written)' gives it \(term.count)")
            }
        }
        return .operations { builder in
            var sum = try LabelledValue(id: operands[0], labels: terms[0]).withoutRepetitions(&builder)
            for index in operands.indices.dropFirst() {
                let kept = Set(result).union(terms[(index + 1)...].joined())
                let next = try LabelledValue(id: operands[index], labels: terms[index]).withoutRepetitions(&builder)
                sum = try sum.contracted(with: next, keeping: kept, &builder)
            }
            return [try sum.reduced(to: Set(result), &builder).transposed(to: result, &builder).id]
        }
    }

    /// The equation with labels in place of every `...`: letters that no file can have.
    private static func spelledOut(_ equation: String, _ node: NodeReader) throws -> String {
        let sides = equation.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides[0].contains("..."), equation.allSatisfy(\.isASCII) else {
            guard equation.allSatisfy(\.isASCII), !equation.contains(".") else {
                throw OperandError("equation '\(equation)' is not supported: labels must be letters")
            }
            return equation
        }
        let letters = ["α", "β", "γ", "δ", "ε", "ζ", "η", "θ"]
        var most = 0
        let terms = try sides[0].filter { $0 != "-" }.split(separator: ",", omittingEmptySubsequences: false)
            .enumerated().map { index, term -> String in
                guard term.contains("...") else { return String(term) }
                guard let rank = node.rank(index) else {
                    throw OperandError(
                        "equation '\(equation)' is not supported: how many dimensions operand \(index) has is not known"
                    )
                }
                let count = rank - term.filter { $0 != "." }.count
                guard (0...letters.count).contains(count) else {
                    throw OperandError(
                        "operand \(index) has \(rank) dimensions, which do not fit equation '\(equation)'")
                }
                most = max(most, count)
                return replacing(term, letters.suffix(count).joined())
            }
        let left = terms.joined(separator: ",")
        return sides.count == 1 ? left : "\(left)->\(replacing(sides[1], letters.suffix(most).joined()))"
    }

    /// A term with labels in place of its first `...`.
    private static func replacing(_ term: Substring, _ labels: String) -> String {
        guard let dots = term.firstRange(of: "...") else { return String(term) }
        return String(term[..<dots.lowerBound]) + labels + String(term[dots.upperBound...])
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? { nil }
}

/// A value whose dimensions have labels.
private struct LabelledValue {
    let id: ValueID
    let labels: [Character]

    /// Its diagonal along dimensions of one label, as one dimension.
    func withoutRepetitions(_ builder: inout GraphBuilder) throws -> LabelledValue {
        guard let second = labels.indices.first(where: { labels[..<$0].contains(labels[$0]) }),
            let first = labels.firstIndex(of: labels[second])
        else { return self }
        // Everything but the diagonal becomes 0, and is summed up.
        let size = try builder.apply(
            Squeeze(axes: [0]), try builder.apply(ShapeOf(start: first, end: first + 1), id))
        let (zero, one) = (builder.constant(.integer(shape: [], [0])), builder.constant(.integer(shape: [], [1])))
        let numbers = try builder.apply(Progression(), zero, size, one)
        let rows = try builder.apply(Unsqueeze(axes: [1]), numbers)
        let diagonal = try builder.apply(Comparison(.equal), rows, numbers)
        let others = labels.indices.filter { $0 != first && $0 != second }
        let mask = try builder.apply(Unsqueeze(axes: others), diagonal)
        let nothing = builder.constant(.real(try Tensor(shape: [], elements: [0])))
        let kept = try builder.apply(Where(), mask, id, nothing)
        let line = try builder.apply(ReduceSum(axes: [second], keepsDimensions: false), kept)
        var names = labels
        names.remove(at: second)
        return try LabelledValue(id: line, labels: names).withoutRepetitions(&builder)
    }

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
