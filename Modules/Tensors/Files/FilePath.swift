/// Parts of a path as text; Foundation's own `deletingLastPathComponent` traps on names of one letter, such as `m`.
package enum FilePath {
    /// The folder that a file or a folder stands in: `a` for `a/b` and `a/b/`, `.` for a name alone, `/` for the root.
    package static func folder(of path: String) -> String {
        func withoutSlashes(_ text: Substring.UTF8View) -> Substring.UTF8View {
            text.lastIndex { $0 != slash }.map { text[...$0] } ?? text[..<text.startIndex]
        }
        let name = withoutSlashes(path[...].utf8)
        guard let cut = name.lastIndex(of: slash) else { return path.hasPrefix("/") ? "/" : "." }
        let folder = withoutSlashes(name[..<cut])
        return folder.isEmpty ? "/" : String(Substring(folder))
    }

    private static let slash = UInt8(ascii: "/")
}
