import Glibc

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

    /// Whether a folder is there.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether two paths lead to the same file, which exists.
    package static func isSame(_ first: String, _ second: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(first, &a) == 0 && stat(second, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    private static let slash = UInt8(ascii: "/")
}
