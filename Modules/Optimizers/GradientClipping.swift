import Buffers
import CKernels

/// Clipping of the gradient by its norm over the whole model: a pass before the rule.
///
///     g ← g · min(1, c/‖g‖)
///
/// R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML 2013, algorithm 1.
public struct GradientClipping: Sendable, Hashable {
    /// c, the greatest norm.
    public static let norm = Setting(
        "clip-norm", standard: 1, range: .above(0),
        summary: "The greatest norm that a gradient may have; a longer one is shortened to it.")

    /// c > 0.
    public let norm: Double

    /// Checks and keeps the bound.
    ///
    /// - Throws: ``SettingError`` unless it is a finite number above 0.
    public init(norm: Double) throws(SettingError) { self.norm = try GradientClipping.norm.checked(norm) }

    /// Shortens a gradient to the greatest norm, if it is longer. One that is not finite stays as it is.
    ///
    /// - Returns: ‖g‖ before, the same bits for any number of threads.
    @discardableResult
    public func apply<Element: Scalar>(
        to gradient: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) -> Double {
        guard let g = gradient.baseAddress else { return 0 }
        let found = Updates.squaredNorm(UnsafePointer(g), count: gradient.count, workers: workers).squareRoot()
        guard found > norm, found.isFinite else { return found }
        let factor = norm / found
        workers.split(gradient.count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_rescale_f32((g + at).as(Float.self), range.count, Float(factor))
            } else {
                ck_rescale_f64((g + at).as(Double.self), range.count, factor)
            }
        }
        return found
    }
}
