/// Which elements a place between elements takes its value from. ONNX `mode`, with the attributes that belong to it.
public enum Interpolation: Sendable, Hashable {
    /// How a place is rounded to an element. ONNX `nearest_mode`.
    public enum Rounding: String, Sendable, Hashable, CaseIterable {
        /// To the nearest, the lower one of two.
        case roundPreferFloor = "round_prefer_floor"
        /// To the nearest, the upper one of two.
        case roundPreferCeil = "round_prefer_ceil"
        /// Down.
        case floor
        /// Up.
        case ceil
        /// Down where the result is larger, up where it is smaller: what was meant before opset 11 said so.
        case unspecified

        func callAsFunction(_ place: Double, shrinks: Bool) -> Double {
            switch self {
            case .unspecified: place.rounded(shrinks ? .up : .down)
            case .roundPreferFloor: (place - 0.5).rounded(.up)
            case .roundPreferCeil: (place + 0.5).rounded(.down)
            case .floor: place.rounded(.down)
            case .ceil: place.rounded(.up)
            }
        }
    }

    /// The nearest element.
    case nearest(Rounding)
    /// The two neighbours, by their distance.
    case linear
    /// Four neighbours, by Keys's cubic convolution with the coefficient a; whether those outside the image count for
    /// nothing instead of being the border.
    case cubic(a: Double, excludesOutside: Bool)

    /// The elements, from 0 to `size` − 1, and their weights.
    ///
    /// - Parameters:
    ///   - shrinks: whether the result has fewer elements.
    ///   - width: how much further than its neighbours a place looks: 1, or against aliasing the inverse of a scale below 1.
    func sources(
        at place: Double, of size: Int, shrinks: Bool, width: Double = 1
    ) -> [(index: Int, weight: Double)] {
        func clamped(_ index: Double) -> Int { Int(min(max(index, 0), Double(size - 1))) }
        switch self {
        case .linear where width > 1:
            return weighted(at: place, reach: width, of: size, excludesOutside: false) { max(0, 1 - $0 / width) }
        case .cubic(let a, let excludesOutside) where width > 1:
            return weighted(at: place, reach: 2 * width, of: size, excludesOutside: excludesOutside) {
                Self.keys($0 / width, a)
            }
        case .nearest(let rounding): return [(clamped(rounding(place, shrinks: shrinks)), 1)]
        case .linear:
            let lower = place.rounded(.down)
            return [(clamped(lower), 1 - (place - lower)), (clamped(lower + 1), place - lower)]
        case .cubic(let a, let excludesOutside):
            let lower = place.rounded(.down)
            var taps = (-1...2).map { step -> (index: Double, weight: Double) in
                (lower + Double(step), Self.keys(abs(place - lower - Double(step)), a))
            }
            if excludesOutside {
                taps = taps.filter { $0.index >= 0 && $0.index < Double(size) }
                let sum = taps.reduce(0) { $0 + $1.weight }
                return taps.map { (Int($0.index), $0.weight / sum) }
            }
            return taps.map { (clamped($0.index), $0.weight) }
        }
    }

    /// All elements within a distance, with weights that sum to 1; those outside the image are its border or nothing.
    private func weighted(
        at place: Double, reach: Double, of size: Int, excludesOutside: Bool, _ weight: (Double) -> Double
    ) -> [(index: Int, weight: Double)] {
        var taps: [(index: Int, weight: Double)] = []
        let last = Double(size - 1)
        for position in stride(from: (place - reach).rounded(.up), through: (place + reach).rounded(.down), by: 1) {
            if excludesOutside, position < 0 || position > last { continue }
            taps.append((Int(min(max(position, 0), last)), weight(abs(place - position))))
        }
        let sum = taps.reduce(0) { $0 + $1.weight }
        return taps.map { ($0.index, $0.weight / sum) }
    }

    private static func keys(_ d: Double, _ a: Double) -> Double {
        d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
    }
}
