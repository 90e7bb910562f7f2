import Buffers
import Foundation

/// A data set asked for in one word: `digits`, `mnist:DIR`, `mnist/train:DIR`, `npz:FILE`.
///
/// ```swift
/// let training = try DatasetSpecification("mnist:/data/mnist").load(defaultSplit: .train)
/// ```
public struct DatasetSpecification: Sendable, Hashable, CustomStringConvertible {
    /// The kind's name.
    public let name: String
    /// The split, where the text says one.
    public var split: DatasetSplit?
    /// The folder or file, where the kind needs one.
    public let location: String?

    /// Reads `NAME`, `NAME:LOCATION`, `NAME/SPLIT` or `NAME/SPLIT:LOCATION`.
    ///
    /// - Throws: ``DatasetSpecificationError`` for a name or split that does not exist, or for a location that is
    ///   missing or not needed. Whether there is anything at the location is found out by ``load(defaultSplit:)``.
    public init(_ text: String) throws(DatasetSpecificationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let location = parts.count > 1 ? String(parts[1]) : ""
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
        switch kind.location {
        case .some where location.isEmpty: throw .missingLocation(form: kind.form)
        case nil where parts.count > 1: throw .unexpectedLocation(location, name: name)
        case nil: self.location = nil
        case .some: self.location = location
        }
    }

    /// The text that stands for it.
    public var description: String {
        name + (split.map { "/\($0.rawValue)" } ?? "") + (location.map { ":\($0)" } ?? "")
    }

    /// Reads the data. A location that begins with `~/` lies in the user's home: a shell does not see that.
    ///
    /// - Parameter defaultSplit: the split to read where none was asked for.
    /// - Throws: ``DatasetError`` for data that is missing, cut off, empty or mislabelled; `FileError` if the system
    ///   refuses; `FormatError` for a damaged archive; `AllocationError` if the data does not fit memory.
    public func load(defaultSplit: DatasetSplit) throws -> any Dataset {
        guard let kind = DatasetKind.all.first(where: { $0.name == name }) else {
            throw DatasetSpecificationError.unknownName(name, suggestion: nil)
        }
        var path = location ?? ""
        if path.hasPrefix("~/") { path = NSHomeDirectory() + path.dropFirst() }
        return try kind.load(from: path, split: split ?? defaultSplit)
    }
}

/// A text that stands for no data set.
public enum DatasetSpecificationError: Error, Equatable, CustomStringConvertible {
    /// No data set has this name; `suggestion` is one that is spelt alike.
    case unknownName(String, suggestion: String?)
    /// Neither `train` nor `test`.
    case unknownSplit(String, name: String)
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
        case .missingLocation(let form): "write \(form): the data's place is missing. " + Self.forms
        case .unexpectedLocation(let location, let name):
            "'\(name)' is embedded and takes no place, but ':\(location)' was given. " + Self.forms
        }
    }

    private static var forms: String {
        "Known: \(DatasetKind.all.map(\.form).joined(separator: ", ")); "
            + "/train or /test may follow the name, as in digits/test"
    }
}
