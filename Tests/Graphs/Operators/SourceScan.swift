import Foundation

/// Reads this package's sources, so that a test can tell whether an operator was forgotten.
enum SourceScan {
    /// The names of all operators that the module declares.
    static func operatorNames(file: String = #filePath) throws -> Set<String> {
        let root = URL(filePath: file).deletingLastPathComponent().appending(path: "../../../Modules/Graphs/Operators")
        var names: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path()) where path.hasSuffix(".swift") {
            let source = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            for match in source.matches(of: /static let name = "(\w+)"/) { names.insert(String(match.1)) }
        }
        return names
    }
}
