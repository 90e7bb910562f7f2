/// A number as the unevaluated sum of two doubles, the second at most half a unit in the last place of the first: about
/// 106 bits.
///
/// T. J. Dekker, *A floating-point technique for extending the available precision*, Numer. Math. 18, 1971; products by
/// fused multiply-add. Small dense algebra on Gram matrices needs it: their elements are squares, so that Float64 would
/// see only half of the digits of what they were made from.
struct DoubleDouble: Sendable, Hashable {
    /// The number rounded to Float64.
    let high: Double
    /// What the rounding left out.
    let low: Double

    /// A Float64 as it is.
    init(_ value: Double) {
        high = value
        low = 0
    }

    /// The sum of two doubles, the second of which is at most about as large as the first's rounding error.
    init(_ high: Double, plus low: Double) {
        let sum = high + low
        self.high = sum
        self.low = low - (sum - high)
    }

    /// The exact sum of two doubles.
    static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
        let sum = a + b
        let part = sum - a
        return DoubleDouble(sum, plus: (a - (sum - part)) + (b - part))
    }

    /// The exact product of two doubles, unless it is too small for that.
    static func product(_ a: Double, _ b: Double) -> DoubleDouble {
        let product = a * b
        return DoubleDouble(product, plus: (-product).addingProduct(a, b))
    }

    static let zero = DoubleDouble(0)

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let (high, low) = (sum(a.high, b.high), sum(a.low, b.low))
        let head = DoubleDouble(high.high, plus: high.low + low.high)
        return DoubleDouble(head.high, plus: head.low + low.low)
    }

    static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, plus: -a.low) }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let head = product(a.high, b.high)
        return DoubleDouble(head.high, plus: head.low + (a.high * b.low + a.low * b.high))
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let first = a.high / b.high
        let rest = a - b * DoubleDouble(first)
        let second = rest.high / b.high
        let third = (rest - b * DoubleDouble(second)).high / b.high
        return DoubleDouble(first, plus: second) + DoubleDouble(third)
    }

    static func += (a: inout DoubleDouble, b: DoubleDouble) { a = a + b }

    /// The number times a power of two, which loses nothing.
    func scaled(by power: Double) -> DoubleDouble { DoubleDouble(high * power, plus: low * power) }

    /// 2 to a power that leaves room for squares.
    static func powerOfTwo(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: min(max(exponent, -1000), 1000), significand: 1)
    }

    /// Whether both parts are finite.
    var isFinite: Bool { high.isFinite && low.isFinite }
}
