/// A file whose content is not what its format, or the caller, asks for.
public struct FormatError: Error, Equatable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Kind: String, Sendable, Hashable {
        /// The file ends too early.
        case truncated
        /// The content violates the format.
        case malformed
        /// A checksum is wrong, or a compressed stream makes no sense.
        case corrupted
        /// The content is valid but of a kind that is not read here.
        case unsupported
        /// Something that was asked for by name is not there.
        case missing
        /// What is there has another shape or element type than asked for.
        case mismatched
    }

    /// What kind of fault it is.
    public let kind: Kind
    /// The format's name: `.npy`, `.npz`, `gzip`, `.safetensors`.
    public let format: String
    /// The file's path, or words for data that has none.
    public let source: String
    /// What was wrong, where, and what would be right.
    public let detail: String

    /// - Parameters:
    ///   - kind: what kind of fault it is.
    ///   - format: the format's name.
    ///   - source: the file's path, or words for data that has none.
    ///   - detail: what was wrong, where, and what would be right.
    public init(_ kind: Kind, format: String, source: String, _ detail: String) {
        self.kind = kind
        self.format = format
        self.source = source
        self.detail = detail
    }

    /// The file, its format and what was wrong.
    public var description: String {
        let fault =
            switch kind {
            case .truncated: "ends too early"
            case .malformed: "is not valid"
            case .corrupted: "is damaged"
            case .unsupported: "cannot be read here"
            case .missing: "lacks something"
            case .mismatched: "does not fit"
            }
        return "'\(source)' (\(format)) \(fault): \(detail)"
    }
}
