/// RᵀR in twice Float64's precision: a small symmetric matrix that grows by a row when a residual comes, and loses the
/// first one when its residual leaves.
struct GramMatrix: Sendable, Hashable {
    /// The number of rows and columns.
    let order: Int
    /// All elements, row by row.
    private(set) var elements: [DoubleDouble]

    init(order: Int) {
        self.order = order
        elements = [DoubleDouble](repeating: .zero, count: order * order)
    }

    /// Row `i`, column `j`; both triangles are kept.
    subscript(i: Int, j: Int) -> DoubleDouble {
        get { elements[i * order + j] }
        set {
            elements[i * order + j] = newValue
            elements[j * order + i] = newValue
        }
    }

    /// The diagonal.
    var diagonal: [DoubleDouble] { (0..<order).map { self[$0, $0] } }

    /// The same matrix without its first row and column, then with one more row and column at the end.
    ///
    /// - Parameters:
    ///   - row: the new row, its diagonal element last.
    ///   - droppingFirst: whether the first row and column go.
    func appending(_ row: [DoubleDouble], droppingFirst: Bool) -> GramMatrix {
        let skipped = droppingFirst ? 1 : 0
        var result = GramMatrix(order: order - skipped + 1)
        for i in 0..<order - skipped {
            for j in 0...i { result[i, j] = self[i + skipped, j + skipped] }
        }
        for j in 0..<result.order { result[result.order - 1, j] = row[j] }
        return result
    }

    /// Every element multiplied by a power of two, and `shift` added to the diagonal.
    func scaled(byPowerOfTwo factor: Double, shiftedBy shift: DoubleDouble = .zero) -> GramMatrix {
        var result = self
        for index in elements.indices { result.elements[index] = elements[index].scaled(by: factor) }
        for i in 0..<order { result.elements[i * order + i] += shift }
        return result
    }

    /// D·A·D for a diagonal matrix D of powers of two.
    func scaled(byPowersOfTwo diagonal: [Double]) -> GramMatrix {
        var result = self
        for i in 0..<order {
            for j in 0..<order {
                result.elements[i * order + j] = elements[i * order + j].scaled(by: diagonal[i] * diagonal[j])
            }
        }
        return result
    }

    /// The matrix in Float64.
    var rounded: SymmetricMatrix {
        var result = SymmetricMatrix(order: order)
        for i in 0..<order {
            for j in 0...i { result[i, j] = self[i, j].high }
        }
        return result
    }
}
