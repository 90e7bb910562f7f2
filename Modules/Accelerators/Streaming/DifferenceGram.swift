import Buffers
import CKernels

/// The Gram matrix of the differences between successive points, for points that are never in memory as a whole.
///
/// The points are told piece by piece, all of them over the same elements; the matrix is the sum over the pieces. It gives
/// ``RNA``'s coefficients as ``RNAState`` does for the same points, up to the order in which sums are rounded. How long a
/// point is does not matter: for N points the matrix takes N² numbers.
///
///     var gram = DifferenceGram(points: files.count)
///     for piece in pieces { gram.add(piece.pointers, count: piece.count) }
///     let solution = gram.solve(try RNA(window: files.count))
///
/// Matrices of different pieces can be summed up on several threads and added afterwards; ``add(_:)`` in the same order
/// gives the same bits.
public struct DifferenceGram: Sendable {
    /// N, the number of points; there is one difference fewer.
    public let points: Int
    /// Row by row, each up to the diagonal.
    private var sums: [DoubleDouble]
    private var precision = Combinations.gramPrecision(of: Double.self)

    /// A matrix of nothing.
    ///
    /// - Parameter points: N, at least 1.
    public init(points: Int) {
        self.points = max(1, points)
        sums = [DoubleDouble](repeating: .zero, count: (self.points - 1) * self.points / 2)
    }

    /// Takes in some elements of every point.
    ///
    /// - Parameters:
    ///   - pieces: where each point's elements begin, the first point first; as many as there are points.
    ///   - count: the number of elements.
    public mutating func add<Element: Scalar>(_ pieces: [UnsafePointer<Element>], count: Int) {
        precondition(pieces.count == points, "\(pieces.count) pieces of \(points) points")
        let rows = points - 1
        guard rows > 0, count > 0 else { return }
        precision = max(precision, Combinations.gramPrecision(of: Element.self))
        var high = [Double](repeating: 0, count: sums.count)
        var low = [Double](repeating: 0, count: sums.count)
        let pointers = pieces.map(Optional.some)
        if let floats = pointers as? [UnsafePointer<Float>?] {
            ck_gram_differences_f32(floats, points, count, &high)
        } else {
            let (later, earlier) = (Array(pointers.dropFirst()), pointers)
            for row in 0..<rows {
                let start = row * (row + 1) / 2
                high.withUnsafeMutableBufferPointer { high in
                    low.withUnsafeMutableBufferPointer { low in
                        guard let sums = high.baseAddress, let rests = low.baseAddress else { return }
                        Combinations.addGramRow(
                            later: Array(later[...row]), earlier: Array(earlier[...row]), range: 0..<count,
                            to: sums + start, rests: rests + start)
                    }
                }
            }
        }
        for index in sums.indices { sums[index] += DoubleDouble(high[index], plus: low[index]) }
    }

    /// Takes in what another matrix of as many points has summed up.
    public mutating func add(_ other: DifferenceGram) {
        precondition(other.points == points, "matrices of \(other.points) and \(points) points")
        precision = max(precision, other.precision)
        for index in sums.indices { sums[index] += other.sums[index] }
    }

    /// Whether all of the matrix is finite: it is not if an element of a point is not, or a difference's square overflows.
    public var isFinite: Bool { sums.allSatisfy(\.isFinite) }

    /// The indices of points that do not differ from the one before.
    public var repeated: [Int] { (1..<points).filter { sums[($0 - 1) * $0 / 2 + $0 - 1] == .zero } }

    /// The coefficients of the differences, oldest first: of the second point to the last.
    ///
    /// - Parameter settings: λ; the window is all differences.
    public func solve(_ settings: RNA) -> RNASolution {
        guard isFinite else { return RNASolution(rejection: .notFinite) }
        var gram = GramMatrix(order: points - 1)
        for i in 0..<gram.order {
            for j in 0...i { gram[i, j] = sums[i * (i + 1) / 2 + j] }
        }
        return RNASystem(gram, precision: precision).solve(regularization: settings.regularization)
    }
}
