import Foundation

/// A chart's axis: which range of values it shows, where a value lies on it, and where its ticks stand.
///
/// Limits and ticks are multiples of 1, 2 or 5 times a power of ten. A scale exists for every set of values, an empty
/// or constant one included.
struct Scale {
    /// A labelled place on an axis.
    struct Tick {
        let value: Double
        let label: String
    }

    /// The form of the scale.
    enum Form: Equatable {
        case linear
        /// Logarithmic; zero has no logarithm, so where the values hold one, it stands at the foot, below the rest.
        case logarithmic(zeroAtFoot: Bool)
    }

    /// Values beyond this magnitude are not drawn: the arithmetic of ticks would overflow.
    static let largest = 1e300

    /// The share of the axis between zero at its foot and the smallest positive value.
    private static let footShare = 0.1

    let form: Form
    let lower: Double
    let upper: Double
    let ticks: [Tick]
    /// Places of fainter grid lines, which show that a scale is logarithmic.
    let minorTicks: [Double]

    /// Whether an axis can show a value.
    static func canShow(_ value: Double) -> Bool {
        value.isFinite && value.magnitude <= largest
    }

    /// The share of the axis below a value: 0 at its lower end, 1 at its upper end.
    func fraction(of value: Double) -> Double {
        let fraction: Double
        switch form {
        case .linear:
            fraction = (value - lower) / (upper - lower)
        case .logarithmic(let zeroAtFoot):
            guard value > 0 else { return 0 }
            let foot = zeroAtFoot ? Scale.footShare : 0
            let share = (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
            fraction = foot + (1 - foot) * share
        }
        return min(max(fraction, 0), 1)
    }

    /// The scale that shows values best: logarithmic where they span more than a decade and most lie low.
    ///
    /// - Parameters:
    ///   - values: what is to be shown; what ``canShow(_:)`` denies is left out.
    ///   - tickCount: about how many labelled ticks there is room for, at least 2.
    ///   - includesZero: whether a linear axis reaches down to zero whatever the values.
    static func fitting(_ values: [Double], tickCount: Int, includesZero: Bool = false) -> Scale {
        let sorted = values.filter(canShow).map { $0.magnitude < 1 / largest ? 0 : $0 }.sorted()
        guard let low = sorted.first, let high = sorted.last else {
            return linear(from: 0, to: 1, tickCount: tickCount)
        }
        if !includesZero, low >= 0, let positive = sorted.first(where: { $0 > 0 }) {
            let median = sorted[sorted.count / 2]
            if log10(high) - log10(positive) > 1, median - low < 0.4 * (high - low) {
                return logarithmic(from: positive, to: high, zeroAtFoot: low == 0, tickCount: tickCount)
            }
        }
        if high - low <= 1e-9 * max(high.magnitude, low.magnitude) {
            if high == 0 { return linear(from: 0, to: 1, tickCount: tickCount) }
            return linear(from: min(0, 1.25 * low), to: max(0, 1.25 * high), tickCount: tickCount)
        }
        let start = low > 0 && (includesZero || low < 0.5 * high) ? 0 : low
        return linear(from: start, to: high, tickCount: tickCount)
    }

    /// The scale of a horizontal axis of learning rates.
    ///
    /// - Parameters:
    ///   - low: the least, above 0 where the scale is logarithmic.
    ///   - high: the greatest, above `low`.
    ///   - isLogarithmic: whether equal factors are equally far apart, or equal differences.
    static func rates(from low: Double, to high: Double, isLogarithmic: Bool) -> Scale {
        isLogarithmic
            ? logarithmic(from: low, to: high, zeroAtFoot: false, tickCount: 7)
            : linear(from: low, to: high, tickCount: 7)
    }

    /// The scale of a horizontal axis of epochs: ticks at whole numbers, limits at the first and the last.
    static func epochs(from first: Int, to last: Int, tickCount: Int) -> Scale {
        let (low, high) = (Double(first), Double(last))
        guard high > low else {
            let tick = Tick(value: low, label: NumberText.count(first))
            return Scale(form: .linear, lower: low - 0.5, upper: low + 0.5, ticks: [tick], minorTicks: [])
        }
        let step = max(1, niceStep(span: high - low, count: tickCount))
        var values = multiples(of: step, from: (low / step).rounded(.up), to: (high / step).rounded(.down))
        // The first epoch is worth a label of its own unless the next one would touch it.
        if let next = values.first, next - low >= 0.6 * step { values.insert(low, at: 0) }
        let ticks = values.map { Tick(value: $0, label: NumberText.tick($0, step: step)) }
        return Scale(form: .linear, lower: low, upper: high, ticks: ticks, minorTicks: [])
    }
}

extension Scale {
    static func linear(from low: Double, to high: Double, tickCount: Int) -> Scale {
        let step = niceStep(span: high - low, count: tickCount)
        let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
        let ticks = multiples(of: step, from: first, to: last).map {
            Tick(value: $0, label: NumberText.tick($0, step: step))
        }
        return Scale(form: .linear, lower: first * step, upper: last * step, ticks: ticks, minorTicks: [])
    }

    static func logarithmic(from low: Double, to high: Double, zeroAtFoot: Bool, tickCount: Int) -> Scale {
        let lower = niceBound(below: low)
        let upper = niceBound(above: high)
        let decades = log10(upper) - log10(lower)
        let exponents = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
        let isClose = 2 * decades <= Double(tickCount)
        let stride = max(1, Int((decades / Double(tickCount + 1)).rounded(.up)))
        var ticks = zeroAtFoot ? [Tick(value: 0, label: "0")] : []
        var minorTicks: [Double] = []
        for exponent in exponents {
            for digit in 1...9 {
                let value = Double(digit) * pow(10, Double(exponent))
                guard value >= lower * (1 - 1e-9), value <= upper * (1 + 1e-9) else { continue }
                let isLabelled = isClose ? [1, 2, 5].contains(digit) : digit == 1 && exponent.isMultiple(of: stride)
                if isLabelled {
                    ticks.append(Tick(value: value, label: NumberText.tick(value, step: value)))
                } else if decades <= (digit == 1 ? 20 : Double(tickCount)) {
                    minorTicks.append(value)
                }
            }
        }
        return Scale(
            form: .logarithmic(zeroAtFoot: zeroAtFoot), lower: lower, upper: upper, ticks: ticks, minorTicks: minorTicks
        )
    }

    /// The least of 1, 2, 5 times a power of ten that divides a span into at most `count` parts.
    private static func niceStep(span: Double, count: Int) -> Double {
        let raw = span / Double(max(count, 1))
        let power = pow(10, log10(raw).rounded(.down))
        return power * ([1, 2, 5].first { $0 * power >= raw * (1 - 1e-9) } ?? 10)
    }

    private static func multiples(of step: Double, from first: Double, to last: Double) -> [Double] {
        guard first <= last else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    private static func niceBound(below value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        return power * ([5, 2].first { $0 * power <= value * (1 + 1e-9) } ?? 1)
    }

    private static func niceBound(above value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        return power * ([1, 2, 5].first { $0 * power >= value * (1 - 1e-9) } ?? 10)
    }
}
