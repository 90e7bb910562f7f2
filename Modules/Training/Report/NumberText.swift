import Foundation

/// Numbers as a report writes them: independent of the locale, with a true minus sign.
enum NumberText {
    /// A count with thousands separated: `12,345`.
    static func count(_ value: Int) -> String {
        grouped(String(value))
    }

    /// A measured quantity to four significant digits: `0.08123`, `3,481`, `3.2·10⁻⁷`.
    static func quantity(_ value: Double) -> String {
        guard value.isFinite else { return notFinite(value) }
        guard value != 0 else { return "0" }
        let exponent = decimalExponent(value, digits: 4)
        guard (-4...5).contains(exponent) else { return scientific(value, digits: 3) }
        return fixed(value, decimals: max(0, 3 - exponent))
    }

    /// A loss as columns of a table hold it, with four decimals where they say enough.
    static func loss(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return quantity(value) }
        return (0.001..<100_000).contains(value.magnitude) ? fixed(value, decimals: 4) : scientific(value, digits: 4)
    }

    /// A share from 0 to 1 in per cent, with two decimals and no sign: `97.78`.
    static func percentage(_ share: Double) -> String {
        guard share.isFinite else { return notFinite(share) }
        return (1e-4...1e4).contains(share.magnitude) || share == 0
            ? fixed(100 * share, decimals: 2) : quantity(100 * share)
    }

    /// A setting such as a learning rate, as short as it can be without losing anything that matters: `0.05`.
    static func setting(_ value: Double) -> String {
        let text = quantity(value)
        return text.contains("·") ? scientific(value, digits: 3, isShort: true) : withoutTrailingZeros(text)
    }

    /// A time span: `0.412 s`, `4.12 s`, `12.4 s`, `3 min 20 s`, `2 h 05 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, (0..<1e9).contains(seconds) else { return "\(quantity(seconds)) s" }
        if seconds < 0.001 { return "\(quantity(seconds)) s" }
        if seconds < 9.995 { return "\(fixed(seconds, decimals: seconds < 0.9995 ? 3 : 2)) s" }
        if seconds < 99.95 { return "\(fixed(seconds, decimals: 1)) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        return "\(count(whole / 3600)) h \(padded(whole % 3600 / 60)) min"
    }

    /// The label of a tick, with as many decimals as the distance to the next one needs.
    static func tick(_ value: Double, step: Double) -> String {
        guard value != 0 else { return "0" }
        let place = decimalExponent(step, digits: 6)
        let exponent = decimalExponent(value, digits: 9)
        guard (-4...4).contains(exponent), place >= -5 else {
            return scientific(value, digits: max(1, exponent - place + 1), isShort: true)
        }
        return fixed(value, decimals: max(0, -place))
    }

    /// The exponent that a number has once it is rounded to so many digits.
    private static func decimalExponent(_ value: Double, digits: Int) -> Int {
        let text = String(format: "%.\(digits - 1)e", value)
        return text.split(separator: "e").last.flatMap { Int($0) } ?? 0
    }

    /// A number with so many decimals, or in powers of ten where that would take too many digits.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return notFinite(value) }
        guard value.magnitude < 1e15 else { return scientific(value, digits: 4) }
        let text = String(format: "%.\(decimals)f", value)
        let parts = text.split(separator: ".", maxSplits: 1)
        return ([grouped(String(parts[0]))] + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    private static func scientific(_ value: Double, digits: Int, isShort: Bool = false) -> String {
        let parts = String(format: "%.\(digits - 1)e", value).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
        let power = "10" + String(String(exponent).map { superscripts[$0] ?? $0 })
        let digits = parts[0].replacingOccurrences(of: "-", with: "−")
        let mantissa = isShort ? withoutTrailingZeros(digits) : digits
        return mantissa == "1" ? power : "\(mantissa)·\(power)"
    }

    private static let superscripts: [Character: Character] = [
        "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]

    private static func grouped(_ digits: String) -> String {
        let isNegative = digits.hasPrefix("-")
        var text = ""
        for (position, digit) in digits.drop(while: { $0 == "-" }).reversed().enumerated() {
            if position > 0, position.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (isNegative ? "−" : "") + String(text.reversed())
    }

    private static func withoutTrailingZeros(_ text: String) -> String {
        guard text.contains(".") else { return text }
        let digits = text.reversed().drop { $0 == "0" }
        return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
    }

    private static func padded(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    private static func notFinite(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞"
    }
}
