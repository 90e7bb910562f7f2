import CSlipstream

/// Why a file was not taken as a plugin. Nothing of a plugin that is refused is registered.
public enum PluginRefusal: Error, Equatable, CustomStringConvertible {
    /// The file or the folder cannot be read.
    case unreadable(reason: String)
    /// The file is no shared library of this system.
    case notSharedLibrary
    /// The file is shorter than its headers say.
    case cutOff
    /// The system could not load the library: its own words.
    case notLoadable(reason: String)
    /// The library does not export `slip_plugin_entry`.
    case noEntry
    /// `slip_plugin_entry` returned null.
    case entryReturnedNull
    /// The plugin was made for another version of the interface.
    case wrongVersion(found: UInt32)
    /// A structure says that it is smaller than this version's, or impossibly large.
    case wrongSize(owner: String, found: UInt, expected: Int)
    /// Something that must be there is null.
    case missing(owner: String, member: String)
    /// A text that is too long, empty, or not UTF-8.
    case badText(owner: String, member: String)
    /// A name of another form than names have.
    case badName(owner: String, name: String)
    /// A name that something else has.
    case nameTaken(kind: String, name: String, owner: String)
    /// A list longer than any can be.
    case tooMany(owner: String, member: String, count: UInt)
    /// A flag that this version does not know.
    case unknownFlags(owner: String, flags: UInt32)
    /// A member that is kept for later versions and is not 0.
    case reservedMember(owner: String, value: UInt32)
    /// A setting whose bounds or standard value make no sense.
    case badRange(owner: String, reason: String)
    /// Functions of which one is there and another is not.
    case incomplete(owner: String, present: String, missing: String)
    /// The plugin brings neither an optimizer nor an accelerator.
    case empty

    public var description: String {
        switch self {
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .notSharedLibrary: "it is not a shared library (an ELF file of type DYN)"
        case .cutOff: "it is cut off: the file is shorter than its headers say"
        case .notLoadable(let reason): "the system could not load it: \(reason)"
        case .noEntry: "it does not export 'slip_plugin_entry'"
        case .entryReturnedNull: "its slip_plugin_entry returned null: it cannot work here"
        case .wrongVersion(let found):
            "it was made for version \(found) of the plugin interface, and this program has version "
                + "\(SLIP_PLUGIN_ABI_VERSION): compile it again with this program's slipstream_plugin.h"
        case .wrongSize(let owner, let found, let expected):
            "\(owner): the structure's size is \(found); it must be set to sizeof, at least \(expected)"
        case .reservedMember(let owner, let value): "\(owner): 'reserved' is \(value), but must be 0"
        case .missing(let owner, let member): "\(owner): '\(member)' is null"
        case .badText(let owner, let member):
            "\(owner): '\(member)' is empty, longer than \(PluginText.longest) bytes, or not UTF-8"
        case .badName(let owner, let name):
            "\(owner): '\(name)' is no name; names are lower-case letters, digits and hyphens, begin with a letter, and "
                + "have at most \(PluginText.longestName) characters"
        case .nameTaken(let kind, let name, let owner): "the name of its \(kind) '\(name)' is taken: \(owner)"
        case .tooMany(let owner, let member, let count):
            "\(owner): '\(member)' is \(count); at most \(PluginText.longestList) are allowed"
        case .unknownFlags(let owner, let flags):
            "\(owner): the flags 0x\(String(flags, radix: 16)) have no meaning in this version"
        case .badRange(let owner, let reason): "\(owner): \(reason)"
        case .incomplete(let owner, let present, let missing):
            "\(owner): '\(present)' is there, but '\(missing)' is null"
        case .empty: "it brings neither an optimizer nor an accelerator"
        }
    }
}

/// A file or a folder that was refused, and why.
public struct RefusedPlugin: Error, Equatable, CustomStringConvertible {
    /// The file, or the folder of the search path.
    public let path: String
    /// Why it was refused.
    public let reason: PluginRefusal

    /// A refused file.
    public init(path: String, reason: PluginRefusal) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path): \(reason)" }
}
