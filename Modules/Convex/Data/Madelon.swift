import Foundation

/// Madelon: 500 features a row, of which few matter; labels −1 and 1.
///
/// I. Guyon, *Design of experiments for the NIPS 2003 variable selection benchmark*. RNA's papers test logistic regression
/// on it, with the features as they are.
public struct Madelon: Sendable {
    /// The rows.
    public let features: FeatureMatrix
    /// Their labels.
    public let labels: [Double]

    /// The parts of the data set.
    public enum Part: String, Sendable, CaseIterable {
        /// 2,000 rows.
        case train
        /// 600 rows.
        case valid
    }

    /// Reads `madelon_<part>.data` and `madelon_<part>.labels`.
    ///
    /// - Parameters:
    ///   - folder: where the files are.
    ///   - part: which of them.
    /// - Throws: ``ConvexError`` if they cannot be read, or do not hold what they should.
    public static func read(_ folder: String, part: Part = .train) throws(ConvexError) -> Madelon {
        let path = "\(folder)/madelon_\(part.rawValue)"
        let rows = try numbers("\(path).data")
        guard let columns = rows.first?.count, columns > 0 else { throw .empty(what: "rows in '\(path).data'") }
        if let line = rows.firstIndex(where: { $0.count != columns }) {
            throw .badLine(
                path: "\(path).data", line: line + 1,
                reason: "\(rows[line].count) numbers, but the first has \(columns)")
        }
        let labels = try numbers("\(path).labels")
        for (line, values) in labels.enumerated() where values.count != 1 || abs(values[0]) != 1 {
            throw .badLine(path: "\(path).labels", line: line + 1, reason: "not a label, -1 or 1")
        }
        guard labels.count == rows.count else {
            throw .wrongCount(what: "labels in '\(path).labels'", expected: rows.count, found: labels.count)
        }
        return Madelon(
            features: try FeatureMatrix(rows.flatMap { $0 }, columns: columns), labels: labels.map { $0[0] })
    }

    /// The numbers of every line that is not blank.
    private static func numbers(_ path: String) throws(ConvexError) -> [[Double]] {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            let cause = (error as? CocoaError)?.underlying as? POSIXError
            let reason = cause.map { String(cString: strerror($0.code.rawValue)) }
            throw .file(path: path, reason: reason ?? error.localizedDescription)
        }
        var rows: [[Double]] = []
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var row: [Double] = []
            for word in line.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == 13 || $0 == 9 }) {
                let text = String(decoding: word, as: UTF8.self)
                guard let value = Double(text), value.isFinite else {
                    throw .badLine(path: path, line: index + 1, reason: "'\(text.prefix(20))' is not a number")
                }
                row.append(value)
            }
            if !row.isEmpty { rows.append(row) }
        }
        return rows
    }
}
