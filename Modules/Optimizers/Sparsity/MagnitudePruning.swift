import Buffers

/// Pruning by magnitude: the smallest weights become zero.
///
/// The baseline in three steps: train a network, prune it to a sparsity, train on with the zeros frozen (``ZeroMask``).
///
/// S. Han, J. Pool, J. Tran, W. Dally, *Learning both weights and connections for efficient neural networks*, NeurIPS 2015;
/// one threshold for all layers as in Z. Liu, M. Sun, T. Zhou, G. Huang, T. Darrell, *Rethinking the value of network
/// pruning*, 2018.
///
/// Departure: the share of zeros is given, not a threshold in units of a layer's standard deviation.
public struct MagnitudePruning: Sendable, Hashable {
    /// Over what weights compete.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// All weights: large layers lose more.
        case global
        /// The weights of each tensor: every one gets the same sparsity.
        case layer
    }

    /// The share of weights that become zero.
    public static let sparsity = Setting(
        "sparsity", standard: 0.9, range: .closed(0, 1), summary: "The share of weights that become zero.")

    /// From 0 to 1.
    public let sparsity: Double
    /// Over what weights compete.
    public let scope: Scope

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a share that is not from 0 to 1.
    public init(sparsity: Double, scope: Scope = .global) throws(SettingError) {
        self.sparsity = try MagnitudePruning.sparsity.checked(sparsity)
        self.scope = scope
    }

    /// Makes the smallest weights zero: the given share of those of kind `weight`, rounded to a whole number. Of equal
    /// ones, the first go.
    public func prune<Element: Scalar>(_ store: ParameterStore<Element>) {
        let weights = store.layout.segments.filter { $0.kind == .weight }
        switch scope {
        case .global: prune(weights, in: store)
        case .layer: for segment in weights { prune([segment], in: store) }
        }
    }

    private func prune<Element: Scalar>(_ segments: [ParameterSegment], in store: ParameterStore<Element>) {
        let magnitudes = segments.flatMap { store[$0].map(\.magnitude) }.sorted()
        let goal = Int((sparsity * Double(magnitudes.count)).rounded())
        guard goal > 0 else { return }
        let threshold = magnitudes[goal - 1]
        // As many of those that equal the threshold as are needed.
        var equal = goal - (magnitudes.firstIndex { $0 >= threshold } ?? 0)
        for segment in segments {
            let weights = store[segment]
            for index in weights.indices {
                if weights[index].magnitude < threshold {
                    weights[index] = 0
                } else if weights[index].magnitude == threshold, equal > 0 {
                    weights[index] = 0
                    equal -= 1
                }
            }
        }
    }
}
