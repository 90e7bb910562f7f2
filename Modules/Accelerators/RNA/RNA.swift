import Buffers
import Optimizers

/// Regularized nonlinear acceleration: the combination of the last points of a method whose residual is least.
///
/// A method makes x_i = g(y_{i−1}) from points y_{i−1}; its residuals r_i = x_i − y_{i−1} vanish where it stands still.
/// With the last N of them:
///
///     R = [r_1 … r_N],  M = RᵀR / ‖RᵀR‖₂,  (M + λI) z = 1,  c = z / Σz,  extrapolation = Σ c_i x_i
///
/// - Offline, the sequence is only observed: y_i = x_i, and r_i = x_i − x_{i−1}.
/// - Online, y_i is the extrapolation, and the method goes on from there. ``RNAState/start(at:workers:)`` tells it.
/// - With `gradientResiduals`, r_i is the mean of the gradients since the last point instead.
/// - With relaxation β the result is Σ c_i (y_{i−1} + β (x_i − y_{i−1})): β = 1 combines the later points x_i, β = 0 the
///   earlier ones y_{i−1}, as the authors' MATLAB code does.
/// - With a grid, λ is none of the settings: ``RNASearch`` tries several, and the caller's objective decides.
///
/// D. Scieur, A. d'Aspremont, F. Bach, *Regularized nonlinear acceleration*, NIPS 2016; D. Scieur, E. Oyallon,
/// A. d'Aspremont, F. Bach, *Nonlinear acceleration of CNNs*, ICLR workshop 2018 (differences, N = 10, λ = 1e-8), and
/// *Nonlinear acceleration of deep neural networks*, 2018 (mean gradients, N = 5, λ = 1e-8).
///
/// Departures. Where M + λI is singular to working precision, c minimises cᵀ(M + λI)c under Σc = 1, with the least norm:
/// the limit of the formula as the regularization falls. Solving M z = 1 by least squares, as is sometimes done, would drop
/// the very direction in which the residual vanishes. The Gram matrix is taken of differences in double precision, also
/// for single-precision points; for double-precision ones, it and the small systems have twice that precision, because
/// its elements are squares.
///
///     let state = try RNA(window: 10).makeState(count: weights.count, as: Float.self)
///     for epoch in 1...epochs {
///         train(&weights)
///         try state.push(weights)
///         let better = try state.extrapolated()
///     }
public struct RNA: Accelerator, Hashable {
    public static let name = "rna"
    public static let summary = "Regularized nonlinear acceleration: the combination of points with the least residual."

    /// N, how many points are combined.
    public static let window = Setting(
        "window", standard: 10, range: .whole(1, 128),
        summary: "How many of the last points are combined; 5 to 10 for networks.")
    /// λ, what keeps the coefficients small.
    public static let regularization = Setting(
        "regularization", standard: 1e-8, range: .from(0),
        summary: "What keeps the coefficients small, relative to the largest eigenvalue; 1e-8 for networks.")
    /// β, where between the earlier and the later points the result lies.
    public static let relaxation = Setting(
        "relaxation", standard: 1, range: .closed(0, 2),
        summary: "Where the result lies between the earlier points (0) and the later ones (1), or beyond.")
    /// Whether residuals are mean gradients.
    public static let gradientResiduals = Setting(
        "gradient-residuals", standard: 0, range: .flag,
        summary: "Take mean gradients as residuals instead of differences of points.")
    /// Which regularizations are tried.
    public static let grid = Setting(
        "grid", standard: 0, range: .whole(0, 2),
        summary: "Adaptive regularization: 0 for none, 1 for a logarithmic grid, 2 for one of singular values.")
    /// Whether longer steps are tried.
    public static let stepSearch = Setting(
        "step-search", standard: 1, range: .flag,
        summary: "With a grid: try the steps 2, 4, 8, … along the extrapolation while the objective falls.")

    public static let settings = [window, regularization, relaxation, gradientResiduals, grid, stepSearch]

    /// N in 1…128; 10 by default.
    public let window: Int
    /// λ ≥ 0; 1e-8 by default.
    public let regularization: Double
    /// β in [0, 2]; 1 by default.
    public let relaxation: Double
    /// Whether residuals are mean gradients; false by default.
    public let gradientResiduals: Bool
    /// The regularizations that are tried; nil by default, for `regularization` alone. Needs an objective: without
    /// ``AcceleratorState/refine(last:proposed:into:workers:)``, the first λ of the grid stands.
    public let grid: RNAGrid?
    /// Whether the steps 2, 4, 8, … along the best extrapolation are tried with a grid; true by default.
    public let triesSteps: Bool

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        window: Int = Int(RNA.window.standard), regularization: Double = RNA.regularization.standard,
        relaxation: Double = RNA.relaxation.standard, gradientResiduals: Bool = RNA.gradientResiduals.standard != 0,
        grid: RNAGrid? = nil, triesSteps: Bool = RNA.stepSearch.standard != 0
    ) throws(SettingError) {
        self.window = Int(try RNA.window.checked(Double(window)))
        self.regularization = try RNA.regularization.checked(regularization)
        self.relaxation = try RNA.relaxation.checked(relaxation)
        self.gradientResiduals = gradientResiduals
        self.grid = grid
        self.triesSteps = triesSteps
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            window: Int(values[RNA.window]), regularization: values[RNA.regularization],
            relaxation: values[RNA.relaxation], gradientResiduals: values[RNA.gradientResiduals] != 0,
            grid: RNAGrid(rawValue: Int(values[RNA.grid])), triesSteps: values[RNA.stepSearch] != 0)
    }

    public var values: [String: Double] {
        [
            RNA.window.name: Double(window), RNA.regularization.name: regularization,
            RNA.relaxation.name: relaxation, RNA.gradientResiduals.name: gradientResiduals ? 1 : 0,
            RNA.grid.name: Double(grid?.rawValue ?? 0), RNA.stepSearch.name: triesSteps ? 1 : 0,
        ]
    }

    public var needsMeanGradient: Bool { gradientResiduals }

    /// Makes the history for points of `count` elements, whose residuals have as many.
    ///
    /// - Throws: ``AcceleratorError`` for a negative count or if memory is short.
    public func makeState<Element: Scalar>(
        count: Int, as type: Element.Type
    ) throws(AcceleratorError) -> RNAState<Element> {
        try RNAState(self, count: count, residualCount: count)
    }

    public func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        try RNAState<Element>(self, count: count, residualCount: gradientResiduals ? gradientCount : count)
    }
}
