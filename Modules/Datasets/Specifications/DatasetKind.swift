/// Which part of a data set is meant.
public enum DatasetSplit: String, Sendable, Hashable, Codable, CaseIterable {
    /// What networks are trained on.
    case train
    /// What they are judged by.
    case test
}

/// A kind of data set that can be asked for by name.
///
/// A new one is a file that declares it, and its line in ``all``.
public struct DatasetKind: Sendable {
    /// What has to be given besides the name.
    public enum Location: String, Sendable, Hashable {
        /// A folder.
        case folder = "DIR"
        /// A file.
        case file = "FILE"
    }

    /// The name: letters, digits and hyphens.
    public let name: String
    /// What has to be given besides the name, if anything.
    public let location: Location?
    /// One line for those who choose.
    public let summary: String
    /// Whether its parts to train on and to judge by differ; else every split is the whole.
    public let hasSplits: Bool
    private let load: @Sendable (_ location: String, _ split: DatasetSplit) throws -> any Dataset

    /// - Parameters:
    ///   - name: letters, digits and hyphens.
    ///   - location: what has to be given besides the name, if anything.
    ///   - summary: one line for those who choose.
    ///   - hasSplits: whether it has a part of its own to judge by.
    ///   - load: reads a split from a location, which is empty where none has to be given.
    init(
        name: String, location: Location?, summary: String, hasSplits: Bool = true,
        load: @escaping @Sendable (_ location: String, _ split: DatasetSplit) throws -> any Dataset
    ) {
        self.name = name
        self.location = location
        self.summary = summary
        self.hasSplits = hasSplits
        self.load = load
    }

    /// Every kind there is.
    public static let all: [DatasetKind] = [digits, mnist, cifar10, npz]

    /// How it is asked for: `digits`, `mnist:DIR`.
    public var form: String { location.map { "\(name):\($0.rawValue)" } ?? name }

    /// Reads a split.
    ///
    /// - Throws: ``DatasetError`` for data that is missing, cut off, empty or mislabelled; `FileError` if the system
    ///   refuses; `FormatError` for a damaged archive; `AllocationError` if the data does not fit memory.
    func load(from location: String, split: DatasetSplit) throws -> any Dataset { try load(location, split) }
}
