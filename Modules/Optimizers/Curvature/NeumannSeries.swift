import Buffers

/// The Neumann optimizer in its two-loop form: at a point w, an inner loop sums a power series for the Newton direction.
///
///     m_k = μ m_{k−1} − η ∇g(w + μ m_{k−1}),   m₀ = 0
///
/// On a quadratic with Hessian H and gradient g at w, a step is m ← μ(I − ηH)m − ηg, so the series converges if the
/// eigenvalues of μ(I − ηH) lie within (−1, 1), at the rate of the largest of them, to
///
///     m = −η((1 − μ)I + μηH)⁻¹ g
///
/// With μ = 1 (convex: no eigenvalue is negative) that is −H⁻¹g, and the rate with η = 1/λmax is 1 − λmin/λmax. With
/// negative curvature, μ = λmax/(|λmin| + λmax) keeps the series bounded; it then goes to
/// −(1 + |λmin|/λmax)(H + |λmin|I)⁻¹g, which approaches −H⁻¹g where |λmin| is small beside the eigenvalues that matter.
///
/// S. Krishnan, Y. Xiao, R. A. Saurous, *Neumann optimizer: a practical optimization algorithm for deep neural networks*,
/// ICLR 2018, algorithm 1 and section 2.
public struct NeumannSeries: Sendable, Hashable {
    /// μ in (0, 1].
    public let momentum: Double
    /// η > 0.
    public let rate: Double

    /// A series with given coefficients.
    ///
    /// - Throws: ``SettingError`` unless μ is above 0 and at most 1, and η is a finite number above 0.
    public init(momentum: Double, rate: Double) throws(SettingError) {
        self.momentum = try Setting("momentum", standard: 1, range: .above(0), summary: "").checked(momentum)
        guard momentum <= 1 else {
            throw .outOfRange(name: "momentum", value: momentum, allowed: "above 0 and at most 1")
        }
        self.rate = try Setting("rate", standard: 1, range: .above(0), summary: "").checked(rate)
    }

    /// The coefficients for a spectrum: η = 1/λmax, and μ as above, which is 1 where λmin is not negative.
    ///
    /// - Throws: ``SettingError`` unless λmax is above 0.
    public init(smallest: Double, largest: Double) throws(SettingError) {
        let negative = max(-smallest, 0)
        try self.init(momentum: largest / (negative + largest), rate: 1 / largest)
    }

    /// Runs the inner loop.
    ///
    /// - Parameters:
    ///   - series: m, from which it goes on; zeros at first.
    ///   - point: w.
    ///   - steps: how many terms to add.
    ///   - workers: the threads to use.
    ///   - gradient: writes the gradient at its first argument to its second.
    /// - Throws: what the gradient throws; `AllocationError` if memory is short.
    public func extend<Element: Scalar>(
        _ series: AlignedBuffer<Element>, at point: AlignedBuffer<Element>, steps: Int, workers: Workers,
        gradient: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Element>) throws -> Void
    ) throws {
        let algebra = FlatAlgebra<Element>(workers)
        let moved = try AlignedBuffer<Element>(count: point.count)
        let g = try AlignedBuffer<Element>(count: point.count)
        try withExtendedLifetime(moved) {
            for _ in 0..<steps {
                algebra.offset(moved, point, series.elements, momentum)
                try gradient(moved.elements, g.mutableElements)
                algebra.scale(series, momentum)
                algebra.add(series, g, -rate)
            }
        }
    }
}
