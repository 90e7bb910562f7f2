import CSlipstream
import Glibc

/// Texts and sizes out of a plugin's structures, none of which is believed.
enum PluginText {
    /// The most bytes of a text.
    static let longest = 1000
    /// The most characters of a name.
    static let longestName = 64
    /// The most elements of a list.
    static let longestList = 256

    /// A text that must be there.
    static func read(
        _ text: UnsafePointer<CChar>?, _ member: String, of owner: String
    ) throws(PluginRefusal) -> String {
        guard let text else { throw .missing(owner: owner, member: member) }
        let length = strnlen(text, longest + 1)
        let bytes = UnsafeBufferPointer(start: text, count: length)
        guard length > 0, length <= longest, let read = String(validating: bytes, as: UTF8.self) else {
            throw .badText(owner: owner, member: member)
        }
        return read
    }

    /// A name that must be there.
    static func readName(_ text: UnsafePointer<CChar>?, of owner: String) throws(PluginRefusal) -> String {
        let name = try read(text, "name", of: owner)
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard name.utf8.count <= longestName, let first = name.utf8.first, letters ~= first,
            name.utf8.allSatisfy({ letters ~= $0 || digits ~= $0 || $0 == UInt8(ascii: "-") })
        else { throw .badName(owner: owner, name: name) }
        return name
    }

    /// A size-tagged structure, once its size is found to be right. Members that the plugin does not know yet are zero.
    static func readStructure<Structure: PluginStructure>(
        _ pointer: UnsafePointer<Structure>, sizeAt offset: Int = 0, of owner: String
    ) throws(PluginRefusal) -> Structure {
        let found = UnsafeRawPointer(pointer).load(fromByteOffset: offset, as: UInt.self)
        // A later version's structures are longer, but not by much: anything else is no size at all.
        guard found >= Structure.firstSize, found <= 1 << 16 else {
            throw .wrongSize(owner: owner, found: found, expected: Structure.firstSize)
        }
        var structure = Structure()
        withUnsafeMutableBytes(of: &structure) { bytes in
            _ = memcpy(bytes.baseAddress!, pointer, min(Int(found), bytes.count))
        }
        return structure
    }

    /// The structures of a list.
    static func readList<Structure>(
        _ list: UnsafePointer<UnsafePointer<Structure>?>?, _ count: Int, _ member: String, of owner: String
    ) throws(PluginRefusal) -> [UnsafePointer<Structure>] {
        guard 0...longestList ~= count else {
            throw .tooMany(owner: owner, member: member, count: UInt(bitPattern: count))
        }
        guard count > 0 else { return [] }
        guard let list else { throw .missing(owner: owner, member: member) }
        var pointers: [UnsafePointer<Structure>] = []
        for index in 0..<count {
            guard let pointer = list[index] else { throw .missing(owner: owner, member: "\(member)[\(index)]") }
            pointers.append(pointer)
        }
        return pointers
    }

    /// Checks that no flags are set but known ones.
    static func check(_ flags: UInt32, known: Int, of owner: String) throws(PluginRefusal) {
        guard flags & ~UInt32(known) == 0 else { throw .unknownFlags(owner: owner, flags: flags) }
    }
}
