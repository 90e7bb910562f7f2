import Tensors

/// Dimensions given by axes, which count from the end where they are negative.
enum Axes {
    /// The dimension that an axis means.
    ///
    /// - Throws: ``OperandError`` if there is no such dimension.
    static func resolve(_ axis: Int, rank: Int) throws -> Int {
        guard (-rank..<rank).contains(axis) else {
            throw OperandError("axis \(axis) lies outside \(rank) dimensions")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// The dimensions that axes mean, in their order.
    ///
    /// - Throws: ``OperandError`` if there is no such dimension or one occurs twice.
    static func resolve(_ axes: [Int], rank: Int) throws -> [Int] {
        let resolved = try axes.map { try resolve($0, rank: rank) }
        guard Set(resolved).count == resolved.count else {
            throw OperandError("the axes \(axes) name a dimension of \(rank) twice")
        }
        return resolved
    }
}

extension OperandInfos {
    /// A list of integers that newer opsets give as an operand and older ones as an attribute; `nil` if neither is there.
    func integers(_ index: Int, _ name: String, attribute: [Int]?) throws -> [Int]? {
        if let attribute { return attribute }
        return self[index] == nil ? nil : try integers(index, name)
    }
}

extension Constant {
    /// The integers that a view of this constant's shows; `nil` for real numbers and for more than fit memory.
    func integers(through view: (TensorView<Int>) -> TensorView<Int>) -> Constant? {
        guard case .integer(let shape, var elements) = self else { return nil }
        return elements.withUnsafeMutableBufferPointer { buffer -> Constant? in
            guard let base = buffer.baseAddress else { return nil }
            let result = view(TensorView(base, shape: shape))
            guard result.count <= 1 << 24 else { return nil }
            var seen: [Int] = []
            result.forEachIndex { seen.append(result[$0]) }
            return .integer(shape: result.shape, seen)
        }
    }
}
