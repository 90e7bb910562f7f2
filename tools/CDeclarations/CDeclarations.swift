import Foundation
import PackagePlugin

/// Lets Swift 6.2 compile the C ABI: copies the files that the target leaves out with each `@c @implementation`, which is
/// Swift 6.3's, spelled `@_cdecl` with the function's own name. Only 6.3 then compares the functions with the headers.
/// Package.swift takes this plugin, and leaves files out, for 6.2 alone.
@main
struct CDeclarations: BuildToolPlugin {
    private static let spelling =
        "/^@c @implementation$/ { N; s/^.*\\n(public func )(\\w+)/@_cdecl(\"\\2\")\\n\\1\\2/ }"

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let compiled = Set(target.sourceFiles.map { $0.url.standardizedFileURL.path })
        return swiftFiles(under: target.directoryURL).filter { !compiled.contains($0.path) }.map { file in
            let copy = context.pluginWorkDirectoryURL.appending(path: file.lastPathComponent)
            return .buildCommand(
                displayName: "Spelling \(file.lastPathComponent) for Swift 6.2",
                executable: URL(filePath: "/usr/bin/sed"),
                arguments: [
                    "--quiet", "--regexp-extended", "--expression=\(Self.spelling)",
                    "--expression=w \(copy.path)", file.path,
                ],
                inputFiles: [file], outputFiles: [copy])
        }
    }

    private func swiftFiles(under folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? [])
            .map(\.standardizedFileURL)
            .filter { $0.pathExtension == "swift" }
            .sorted { $0.path < $1.path }
    }
}
