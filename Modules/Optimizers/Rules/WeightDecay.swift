import Buffers

/// Weight decay δ and the parameters that it acts on.
public struct WeightDecay: Sendable, Hashable {
    /// δ.
    public static let rate = Setting(
        "weight-decay", standard: 0, range: .from(0),
        summary: "The factor of the parameters that is added to the gradient; 1e-4 to 5e-4 is common.")
    /// Whether biases and batch normalisation's factors and offsets are spared.
    public static let weightsOnly = Setting(
        "decay-weights-only", standard: 0, range: .flag,
        summary: "Decay filters and matrices only, not biases, nor batch normalisation's factors and offsets.")

    /// δ ≥ 0; 0, the default, is none.
    public let rate: Double
    /// Whether only parameters of kind `weight` decay. False by default: all trainable ones do, as in PyTorch.
    public let weightsOnly: Bool

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a rate that is negative or not finite.
    public init(
        rate: Double = WeightDecay.rate.standard, weightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.rate = try WeightDecay.rate.checked(rate)
        self.weightsOnly = weightsOnly
    }

    var values: [String: Double] {
        [WeightDecay.rate.name: rate, WeightDecay.weightsOnly.name: weightsOnly ? 1 : 0]
    }

    /// Calls `body` for ranges that together cover the trainable part of θ, at the same time, with the decay of each and the
    /// factor of its learning rate.
    func forEachRange(
        of layout: ParameterLayout, multipliers: RateMultipliers?, workers: Workers,
        _ body: (_ range: Range<Int>, _ decay: Double, _ factor: Double) -> Void
    ) {
        workers.split(layout.trainableCount, grain: Updates.grain) { range, _ in
            Updates.forEachRun(of: multipliers, in: range) { range, factor in
                guard weightsOnly, rate > 0 else { return body(range, rate, factor) }
                for segment in layout.segments where segment.kind.isTrainable {
                    let part = segment.range.clamped(to: range)
                    if !part.isEmpty { body(part, segment.kind == .weight ? rate : 0, factor) }
                }
            }
        }
    }
}
