import Buffers
import Foundation

/// A data set asked for in one word: `digits`, `mnist:DIR`, `mnist/train:DIR`, `mnist/train[:5000]:DIR`, `npz:FILE`.
///
/// ```swift
/// let training = try DatasetSpecification("mnist:/data/mnist").load(defaultSplit: .train)
/// ```
public struct DatasetSpecification: Sendable, Hashable, CustomStringConvertible {
    /// The kind's name.
    public let name: String
    /// The split, where the text says one.
    public var split: DatasetSplit?
    /// Which of the split's images, where not all are meant.
    public var rows: DatasetRows?
    /// The folder or file, where the kind needs one.
    public let location: String?

    /// Reads `NAME`, `NAME:LOCATION`, `NAME/SPLIT` or `NAME/SPLIT:LOCATION`; `[FIRST:END]` may stand before the location.
    ///
    /// - Throws: ``DatasetSpecificationError`` for a name or split that does not exist, for rows that are no range, or for
    ///   a location that is missing or not needed. Whether there is anything at the location is found out by
    ///   ``load(defaultSplit:)``.
    public init(_ text: String) throws(DatasetSpecificationError) {
        let (before, rows, after) = Self.takenApart(text)
        let head = before.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let location = after.map(String.init) ?? ""
        name = String(head[0])
        guard let kind = DatasetKind.all.first(where: { $0.name == head[0] }) else {
            throw .unknownName(
                name, suggestion: Spelling.nearest(to: name, among: DatasetKind.all.map(\.name)))
        }
        if head.count > 1 {
            guard let split = DatasetSplit(rawValue: String(head[1])) else {
                throw .unknownSplit(String(head[1]), name: name)
            }
            self.split = split
        }
        if let rows {
            guard let range = DatasetRows(rows) else { throw .wrongRows(String(rows), name: name) }
            self.rows = range
        }
        switch kind.location {
        case .some where location.isEmpty: throw .missingLocation(form: kind.form)
        case nil where after != nil: throw .unexpectedLocation(location, name: name)
        case nil: self.location = nil
        case .some: self.location = location
        }
    }

    /// What stands before the rows or the location, the rows with their brackets, and the location.
    private static func takenApart(_ text: String) -> (Substring, rows: Substring?, location: Substring?) {
        guard let end = text.firstIndex(where: { $0 == ":" || $0 == "[" }) else { return (text[...], nil, nil) }
        if text[end] == ":" { return (text[..<end], nil, text[end...].dropFirst()) }
        guard let close = text[end...].firstIndex(of: "]") else { return (text[..<end], text[end...], nil) }
        let last = text[close...].dropFirst()
        guard last.isEmpty || last.first == ":" else { return (text[..<end], text[end...], nil) }
        return (text[..<end], text[end...close], last.isEmpty ? nil : last.dropFirst())
    }

    /// Whether it has a part to train on and another to judge by.
    public var hasSplits: Bool { DatasetKind.all.first { $0.name == name }?.hasSplits ?? false }

    /// The text that stands for it.
    public var description: String {
        name + (split.map { "/\($0.rawValue)" } ?? "") + (rows?.description ?? "") + (location.map { ":\($0)" } ?? "")
    }

    /// Reads the data. A location that begins with `~/` lies in the user's home: a shell does not see that.
    ///
    /// - Parameter defaultSplit: the split to read where none was asked for.
    /// - Throws: ``DatasetError`` for data that is missing, cut off, empty or mislabelled, and for rows that are not there;
    ///   `FileError` if the system refuses; `FormatError` for a damaged archive; `AllocationError` if the data does not
    ///   fit memory.
    public func load(defaultSplit: DatasetSplit) throws -> any Dataset {
        guard let kind = DatasetKind.all.first(where: { $0.name == name }) else {
            throw DatasetSpecificationError.unknownName(name, suggestion: nil)
        }
        var path = location ?? ""
        if path.hasPrefix("~/") { path = NSHomeDirectory() + path.dropFirst() }
        let whole = try kind.load(from: path, split: split ?? defaultSplit)
        return try rows.map { rows in try DatasetSubset(whole, rows) } ?? whole
    }
}

/// A text that stands for no data set.
public enum DatasetSpecificationError: Error, Equatable, CustomStringConvertible {
    /// No data set has this name; `suggestion` is one that is spelt alike.
    case unknownName(String, suggestion: String?)
    /// Neither `train` nor `test`.
    case unknownSplit(String, name: String)
    /// What stands in brackets is no range of images.
    case wrongRows(String, name: String)
    /// The folder or file is not given.
    case missingLocation(form: String)
    /// A folder or file is given, and none is needed.
    case unexpectedLocation(String, name: String)

    /// What was wrong, and what can be asked for.
    public var description: String {
        switch self {
        case .unknownName(let name, let suggestion):
            "no data set is called '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? ".") + " "
                + Self.forms
        case .unknownSplit(let split, let name):
            "'\(split)' is no split of '\(name)': write \(name)/train or \(name)/test. " + Self.forms
        case .wrongRows(let rows, let name):
            "'\(rows)' of '\(name)' is no range of images: write [FIRST:END] with FIRST below END, as [:5000]. "
                + Self.forms
        case .missingLocation(let form): "write \(form): the data's place is missing. " + Self.forms
        case .unexpectedLocation(let location, let name):
            "'\(name)' is embedded and takes no place, but ':\(location)' was given. " + Self.forms
        }
    }

    private static var forms: String {
        "Known: \(DatasetKind.all.map(\.form).joined(separator: ", ")); "
            + "/train or /test may follow the name, as in digits/test, then [FIRST:END], as in digits/train[:500]"
    }
}
