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
}
