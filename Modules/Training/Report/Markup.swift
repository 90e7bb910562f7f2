/// What turns text into markup that is good HTML and good XML at once.
enum Markup {
    /// Text with the characters that mean something in markup replaced, for content and attribute values alike.
    ///
    /// Control characters, which XML forbids even when escaped, become U+FFFD.
    static func escape(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n", "\r": escaped.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// A length in an SVG, to a tenth of a unit.
    static func length(_ value: Double) -> String {
        guard value.magnitude < 1e6 else { return "0" }
        let tenths = Int((10 * value).rounded())
        let fraction = tenths % 10 == 0 ? "" : ".\(abs(tenths % 10))"
        return (tenths < 0 && tenths > -10 ? "-0" : "\(tenths / 10)") + fraction
    }
}
