import Buffers

/// What each of N points counts in a combination, for points that are combined piece by piece.
public struct PointWeights: Sendable, Hashable {
    /// The weights, the first point first; their sum is 1.
    public let values: [Double]
    private let weights: [DoubleDouble]

    /// The weights of an average.
    ///
    /// - Parameter values: one for each point.
    public init(_ values: [Double]) { self.init(values.map { DoubleDouble($0) }) }

    /// The weights that coefficients of differences give: Σ c_i (x_{i−1} + β (x_i − x_{i−1})).
    ///
    /// - Parameters:
    ///   - solution: the coefficients of N − 1 differences, as ``DifferenceGram/solve(_:)`` gives them.
    ///   - relaxation: β; 1 gives the first point no weight.
    /// - Returns: nil if the solution was rejected.
    public init?(_ solution: RNASolution, relaxation: Double) {
        guard solution.rejection == nil else { return nil }
        let (beta, one) = (DoubleDouble(relaxation), DoubleDouble(1))
        var weights = [DoubleDouble](repeating: .zero, count: solution.weights.count + 1)
        for (index, c) in solution.weights.enumerated() {
            weights[index] += (one - beta) * c
            weights[index + 1] += beta * c
        }
        self.init(weights)
    }

    private init(_ weights: [DoubleDouble]) {
        self.weights = weights
        values = weights.map(\.high)
    }

    /// The indices of points that count at all; the others need not be read.
    public var used: [Int] { weights.indices.filter { weights[$0] != .zero } }

    /// Writes the combination of some elements of every point that counts; sums are taken in double precision.
    ///
    /// - Parameters:
    ///   - pieces: where the elements of each point in ``used`` begin, in that order.
    ///   - count: the number of elements.
    ///   - target: memory for as many elements.
    /// - Returns: whether all of the result is finite.
    public func combine<Element: Scalar>(
        _ pieces: [UnsafePointer<Element>], count: Int, into target: UnsafeMutablePointer<Element>
    ) -> Bool {
        let used = self.used
        precondition(pieces.count == used.count, "\(pieces.count) pieces of \(used.count) points")
        Combinations.weightedSum(
            pieces.map(Optional.some), weights: used.map { weights[$0].high },
            weightRests: used.map { weights[$0].low }, range: 0..<count, to: target)
        return Combinations.allFinite(target, count: count)
    }
}
