import Foundation

/// Numbers as a person reads them.
enum Figures {
    /// A share as a percentage: `98.61 %`.
    static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }

    /// A loss in six columns where it has a usual size: `0.0276`, `12.345`, `1.2e+06`.
    static func loss(_ value: Double) -> String {
        switch value.magnitude {
        case ..<10: String(format: "%.4f", value)
        case ..<100: String(format: "%.3f", value)
        case ..<1000: String(format: "%.2f", value)
        case ..<Double.infinity: String(format: "%.1e", value)
        default: value.isNaN ? "nan" : "\(value)"
        }
    }

    /// A setting in full, as a person writes it: `10`, `0.05`, `1e-8`.
    static func setting(_ value: Double) -> String {
        let text = "\(value)".replacingOccurrences(of: "e-0", with: "e-")
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A number with five significant digits: `12.346`, `-0.0012346`, `1.2346e+08`.
    static func significant(_ value: Double) -> String { String(format: "%.5g", value) }

    /// A time in seven columns: `0.0093`, `12.41`, `1234.5`.
    static func seconds(_ value: Double) -> String {
        String(format: value < 1 ? "%.4f" : value < 1000 ? "%.2f" : "%.1f", value)
    }

    /// A part of a number of things, in a common unit: `12 of 340`, `3.1 of 11.2 million`.
    static func counts(_ part: Int, of whole: Int) -> String {
        switch whole {
        case ..<100_000: "\(part) of \(whole)"
        case ..<1_000_000_000: String(format: "%.1f of %.1f million", Double(part) / 1e6, Double(whole) / 1e6)
        default: String(format: "%.1f of %.1f billion", Double(part) / 1e9, Double(whole) / 1e9)
        }
    }

    /// A number without its fraction.
    static func rounded(_ value: Double) -> String { String(format: "%.0f", value) }
}

extension String {
    /// The text with blanks behind it up to a width.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// The text with blanks before it up to a width.
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// The text in lines of at most so many columns, broken between words; a longer word has a line of its own.
    func wrapped(_ columns: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
