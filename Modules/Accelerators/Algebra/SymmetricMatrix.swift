/// A small dense symmetric matrix in Float64, with what an accelerator needs of linear algebra.
///
/// Written here rather than taken from LAPACK: the matrices have one row for each point of a window, the results must not
/// depend on which BLAS is installed, and who links an accelerator should need no further library.
struct SymmetricMatrix: Sendable, Hashable {
    /// The number of rows and columns.
    let order: Int
    /// All elements, row by row.
    private(set) var elements: [Double]

    init(order: Int) {
        self.order = order
        elements = [Double](repeating: 0, count: order * order)
    }

    /// Row `i`, column `j`; both triangles are kept.
    subscript(i: Int, j: Int) -> Double {
        get { elements[i * order + j] }
        set {
            elements[i * order + j] = newValue
            elements[j * order + i] = newValue
        }
    }

    /// The diagonal.
    var diagonal: [Double] { (0..<order).map { self[$0, $0] } }

    /// The same matrix without its first row and column, then with one more row and column at the end.
    ///
    /// - Parameters:
    ///   - droppingFirst: whether the first row and column go.
    ///   - row: the new row, its diagonal element last.
    func appending(_ row: [Double], droppingFirst: Bool) -> SymmetricMatrix {
        let skipped = droppingFirst ? 1 : 0
        var result = SymmetricMatrix(order: order - skipped + 1)
        for i in 0..<order - skipped {
            for j in 0...i { result[i, j] = self[i + skipped, j + skipped] }
        }
        for j in 0..<result.order { result[result.order - 1, j] = row[j] }
        return result
    }

    /// Every element multiplied by `factor`, and `shift` added to the diagonal.
    func scaled(by factor: Double, shiftedBy shift: Double = 0) -> SymmetricMatrix {
        var result = self
        for index in elements.indices { result.elements[index] *= factor }
        for i in 0..<order { result.elements[i * order + i] += shift }
        return result
    }

    /// D·A·D for a diagonal matrix D.
    func scaled(by diagonal: [Double]) -> SymmetricMatrix {
        var result = self
        for i in 0..<order {
            for j in 0..<order { result.elements[i * order + j] *= diagonal[i] * diagonal[j] }
        }
        return result
    }
}
