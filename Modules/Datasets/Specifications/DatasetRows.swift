/// Some consecutive images of a split, as `[:5000]` asks for them.
///
/// The notation is that of array slices in NumPy and of splits in TensorFlow Datasets, without negative numbers.
public struct DatasetRows: Sendable, Hashable, CustomStringConvertible {
    /// The first image; 0 where the text leaves it out.
    public let lowerBound: Int
    /// The one after the last; `nil` for all that there are.
    public let upperBound: Int?

    /// Reads `[FIRST:END]`, where either may be left out: the images FIRST, FIRST + 1, …, END − 1.
    ///
    /// - Returns: `nil` for anything else, and for a range that holds no image.
    public init?(_ text: some StringProtocol) {
        guard text.first == "[", text.last == "]", text.count > 2 else { return nil }
        let parts = text.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Self.number(parts[0], standard: 0) else { return nil }
        let end = parts[1].isEmpty ? nil : Self.number(parts[1], standard: nil)
        guard parts[1].isEmpty || end != nil, first < end ?? .max else { return nil }
        (lowerBound, upperBound) = (first, end)
    }

    private static func number(_ text: some StringProtocol, standard: Int?) -> Int? {
        if text.isEmpty { return standard }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    /// As it is written: `[100:200]`.
    public var description: String {
        "[\(lowerBound > 0 ? String(lowerBound) : ""):\(upperBound.map(String.init) ?? "")]"
    }
}
