import Glibc

/// The regularizations that adaptive ``RNA`` tries.
public enum RNAGrid: Int, Sendable, Hashable, Codable, CaseIterable {
    /// {10⁻¹⁶} ∪ N values evenly spaced on a logarithmic scale from 10⁻¹⁵ to 10, as in the authors' Python code.
    case logarithmic = 1
    /// {0} ∪ the geometric means of neighbouring singular values of M, as in the authors' MATLAB code.
    case singularValues = 2

    /// The values for N residuals.
    ///
    /// - Parameter singularValues: those of M, ascending. Values of 0, which have no logarithm, are passed over.
    func values(singularValues: [Double]) -> [Double] {
        switch self {
        case .logarithmic:
            let count = singularValues.count
            let exponents = (0..<count).map { -15 + 16 * Double($0) / Double(max(count - 1, 1)) }
            return [1e-16] + exponents.map { pow(10, $0) }
        case .singularValues:
            let logarithms = singularValues.filter { $0 > 0 }.map { log($0) }
            return [0] + zip(logarithms, logarithms.dropFirst()).map { exp(($0 + $1) / 2) }
        }
    }
}
