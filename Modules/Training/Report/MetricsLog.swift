import Foundation

/// The text of `metrics.jsonl`: one JSON object a line, one line an epoch.
///
/// Keys are sorted; those of absent values are left out. JSON has no numbers that are not finite: they are written as
/// the strings `"NaN"`, `"Infinity"` and `"-Infinity"`, which most languages read as such.
public enum MetricsLog {
    /// One epoch's line, its line feed included, to be appended to the file.
    ///
    /// - Throws: what `JSONEncoder` throws; no metrics are known for which it does.
    public static func line(_ epoch: EpochMetrics) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(epoch) + [UInt8(ascii: "\n")]
    }

    /// The whole file for some epochs.
    ///
    /// - Throws: as ``line(_:)``.
    public static func encode(_ metrics: [EpochMetrics]) throws -> Data {
        try metrics.reduce(into: Data()) { try $0.append(line($1)) }
    }

    /// Reads a file back; blank lines are passed over, unknown keys too.
    ///
    /// - Throws: ``MetricsLogError`` for the first line that is not an epoch's.
    public static func decode(_ data: Data) throws(MetricsLogError) -> [EpochMetrics] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var metrics: [EpochMetrics] = []
        for (index, line) in lines.enumerated() where !line.allSatisfy(isBlank) {
            do {
                metrics.append(try decoder.decode(EpochMetrics.self, from: line))
            } catch {
                // A line feed ends every line that was written to its end.
                let problem = problem(of: error, in: line)
                let isUnfinished = problem == .notJSON && index == lines.count - 1
                throw MetricsLogError(line: index + 1, problem: isUnfinished ? .unfinished : problem)
            }
        }
        return metrics
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(byte)
    }

    private static func problem(of error: any Error, in line: Data) -> MetricsLogError.Problem {
        switch error {
        case DecodingError.keyNotFound(let key, _):
            return .missing(key: key.stringValue)
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return context.codingPath.last.map { .unsuitable(key: $0.stringValue) } ?? .notAnObject
        case DecodingError.dataCorrupted(let context):
            if let key = context.codingPath.last { return .unsuitable(key: key.stringValue) }
            // The decoder says alike, and without a key, that a number does not fit and that the text is not JSON.
            return (try? JSONSerialization.jsonObject(with: line)) == nil ? .notJSON : .unsuitableNumber
        default:
            return .notJSON
        }
    }
}

/// Why a metrics file could not be read.
public struct MetricsLogError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with a line.
    public enum Problem: Sendable, Hashable {
        /// The file ends in the middle of an object.
        case unfinished
        /// The line is not JSON, or not UTF-8.
        case notJSON
        /// The line is JSON, but not an object.
        case notAnObject
        /// A key that every epoch has is not there.
        case missing(key: String)
        /// A key's value is of the wrong type.
        case unsuitable(key: String)
        /// A number does not fit its key: it is out of range, or not whole where it counts something.
        case unsuitableNumber
    }

    /// The line's number, from 1.
    public let line: Int
    /// What is wrong with it.
    public let problem: Problem

    /// An error in a line.
    public init(line: Int, problem: Problem) {
        self.line = line
        self.problem = problem
    }

    /// A sentence for the user.
    public var description: String {
        let what =
            switch problem {
            case .unfinished:
                "the file ends in the middle of it, as after a full disk or a power cut; remove this line"
            case .notJSON: "not JSON; every line should hold one JSON object, an epoch's metrics"
            case .notAnObject: "not a JSON object; every line should hold one, an epoch's metrics"
            case .missing(let key): "the key \"\(key)\" is missing, which every epoch's metrics have"
            case .unsuitable(let key): "the value of \"\(key)\" is of the wrong type"
            case .unsuitableNumber:
                "a number is out of range, or has a fraction where \"epoch\" and \"steps\" count whole ones"
            }
        return "metrics, line \(line): \(what)"
    }
}
