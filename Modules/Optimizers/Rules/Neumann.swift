import Buffers

/// The Neumann optimizer: each step carries on a power series for the Newton direction, on a fresh mini-batch.
///
/// v₀ = w₀, m₀ = 0. After a warm-up of plain gradient descent, at step t = 1, 2, …, with gradient g at w:
///
///     d = g                                                                       every K epochs, t = 1 first
///     d = g + (α‖w − v‖² − β/‖w − v‖²) (w − v)/‖w − v‖                            otherwise
///     m ← −ηd every K epochs;   m ← μ(t)m − ηd otherwise
///     w ← w + μ(t)m − ηd
///     v ← w + γ(v − w)
///
/// with μ(t) = 1 − 1/(1 + t), but at least 0.5 and at most 0.9. K doubles after every such reset: with K = 10, m starts
/// anew after 10, 30, 70, … epochs. The w are displaced: the network to evaluate and to save is w − μm.
///
/// S. Krishnan, Y. Xiao, R. A. Saurous, *Neumann optimizer: a practical optimization algorithm for deep neural networks*,
/// ICLR 2018, algorithm 2.
///
/// Departures: β is given per variable and multiplied by their number. Where w = v, both regularisers are 0, and just off
/// it, where β/‖w − v‖² has no bound, they are shortened to the gradient's length (`regulariser-limit` 1; 0 for the paper's
/// formula to the letter, with which networks whose first steps are short are thrown far off at once). η follows the run's
/// schedule also in the warm-up. Gradient clipping breaks the Taylor step that the method rests on.
public struct Neumann: Optimizer, Hashable {
    public static let name = "neumann"
    public static let summary = "Neumann optimizer: a power series for the Newton direction, carried on at every step."
    public static let multiplierObstacle: String? =
        "its steps carry on one power series, with one step length, for all weights together"
    public static let reported = ["momentum", "distance"]

    /// How many epochs of plain gradient descent come first.
    public static let warmup = Setting(
        "warmup-epochs", standard: 5, range: .from(0), summary: "Epochs of plain gradient descent before the method.")
    /// K, how many epochs pass before the series starts anew.
    public static let reset = Setting(
        "reset-epochs", standard: 10, range: .above(0),
        summary: "Epochs until the series starts anew for the first time; doubled every time.")
    /// α, the cubic regulariser.
    public static let cubic = Setting(
        "cubic", standard: 1e-7, range: .from(0), summary: "The cubic regulariser, which draws w to its average.")
    /// β over the number of variables, the repulsive regulariser.
    public static let repulsion = Setting(
        "repulsion", standard: 1e-5, range: .from(0),
        summary: "The repulsive regulariser, which keeps w off its average; multiplied by the number of variables.")
    /// γ, how slowly v follows.
    public static let averaging = Setting(
        "averaging", standard: 0.99, range: .halfOpen(0, below: 1),
        summary: "The part of the running average of w that is kept from step to step.")
    /// The least μ.
    public static let momentumMinimum = Setting(
        "momentum-minimum", standard: 0.5, range: .halfOpen(0, below: 1), summary: "The momentum at the first step.")
    /// The greatest μ.
    public static let momentumMaximum = Setting(
        "momentum-maximum", standard: 0.9, range: .halfOpen(0, below: 1), summary: "The momentum that is approached.")

    /// How long the regularisers may be, over the gradient.
    public static let regulariserLimit = Setting(
        "regulariser-limit", standard: 1, range: .from(0),
        summary: "The greatest norm of both regularisers together, over the gradient's; 0 for no limit.")

    public static let settings = [
        warmup, reset, cubic, repulsion, regulariserLimit, averaging, momentumMinimum, momentumMaximum,
    ]

    /// Epochs of plain gradient descent, at least 0.
    public let warmup: Double
    /// K in epochs, above 0.
    public let reset: Double
    /// α ≥ 0.
    public let cubic: Double
    /// β over the number of variables, at least 0.
    public let repulsion: Double
    /// The regularisers' greatest norm over the gradient's; 0 for no limit.
    public let regulariserLimit: Double
    /// γ in [0, 1).
    public let averaging: Double
    /// The least μ, in [0, 1).
    public let momentumMinimum: Double
    /// The greatest μ, in [0, 1) and not below the least.
    public let momentumMaximum: Double

    public init(_ values: SettingValues) throws(SettingError) {
        warmup = values[Neumann.warmup]
        reset = values[Neumann.reset]
        cubic = values[Neumann.cubic]
        repulsion = values[Neumann.repulsion]
        regulariserLimit = values[Neumann.regulariserLimit]
        averaging = values[Neumann.averaging]
        momentumMinimum = values[Neumann.momentumMinimum]
        momentumMaximum = values[Neumann.momentumMaximum]
        guard momentumMinimum <= momentumMaximum else {
            throw .incompatible(
                names: [
                    "\(Neumann.momentumMinimum.name) \(Number.text(momentumMinimum))",
                    "\(Neumann.momentumMaximum.name) \(Number.text(momentumMaximum))",
                ], reason: "the least momentum must not be above the greatest")
        }
    }

    public var values: [String: Double] {
        [
            Neumann.warmup.name: warmup, Neumann.reset.name: reset, Neumann.cubic.name: cubic,
            Neumann.repulsion.name: repulsion,
            Neumann.regulariserLimit.name: regulariserLimit, Neumann.averaging.name: averaging,
            Neumann.momentumMinimum.name: momentumMinimum, Neumann.momentumMaximum.name: momentumMaximum,
        ]
    }

    /// μ at step t of the method, counted from 1.
    public func momentum(at t: Int) -> Double {
        min(max(1 - 1 / (1 + Double(t)), momentumMinimum), momentumMaximum)
    }
}
