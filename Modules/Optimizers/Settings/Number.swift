/// Numbers as people write them.
enum Number {
    /// The shortest text that reads back as `value`, without a decimal point for whole numbers.
    static func text(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
