import Buffers
import Tensors

/// A model whose external data gets new names: `<file name>.data`, or `<file name>.1.data`, … if there are several files.
struct ExternalRenaming {
    /// The data files, by the name that the model has for them, with the paths that they get.
    private(set) var files: [(location: String, target: String)] = []
    /// The model, rewritten to name the new files.
    let rope: WireRope

    /// - Parameters:
    ///   - source: the model's file.
    ///   - output: the path that the new model gets.
    ///   - changed: the data files whose bytes change, so that checksums are no longer true.
    init(source: ByteSource, output: String, changed: Set<String>) throws {
        let bytes = try source.onnxBytes(0..<source.count)
        var files: [(location: String, target: String)] = []
        rope = try bytes.withUnsafeBytes { original in
            try WireCheck.check(original)
            let references = try ExternalReference.all(in: original)
            var locations: [String] = []
            for reference in references where !locations.contains(reference.location) {
                locations.append(reference.location)
            }
            let targets = Self.targets(locations.count, output: output)
            let names = targets.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
            var edit = WireEdit()
            for reference in references {
                guard let number = locations.firstIndex(of: reference.location) else { continue }
                let relocation = ExternalRelocation(
                    location: names[number], range: nil, dropsChecksum: changed.contains(reference.location))
                edit.set(
                    reference.path,
                    to: .rewrite { bytes, range throws(ONNXError) in try relocation.rope(bytes, range) })
            }
            files = zip(locations, targets).map { ($0, $1) }
            return try edit.applied(to: original, in: 0..<original.count)
        }
        self.files = files
    }

    /// The paths of so many data files of a model.
    static func targets(_ number: Int, output: String) -> [String] {
        (0..<number).map { number == 1 ? "\(output).data" : "\(output).\($0 + 1).data" }
    }
}
