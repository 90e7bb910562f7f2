import Glibc
import Tensors

extension ONNXEditor {
    /// Writes the changed model to a file, and its external data, if it has any, to new files beside it.
    ///
    /// A model without external data becomes one file. External data goes to `<file name>.data`, or
    /// `<file name>.1.data`, `<file name>.2.data`… if there are several; offsets stay, and so does every byte of a data
    /// file that no changed tensor owns. Files appear only when they are complete; the model comes last. Writing over
    /// the files that the model was read from is allowed.
    ///
    /// - Throws: ``ONNXError`` `writeFailed`, or `externalData` if a data file can no longer be read.
    public func write(to path: String) throws(ONNXError) {
        let original = UnsafeRawBufferPointer(model.bytes.elements)
        let references = try ExternalReference.all(in: original)
        var edit = edit
        var pending: [PendingFile] = []
        if !references.isEmpty {
            let layout = try ExternalLayout(model: model, references: references, changes: external, output: path)
            for file in layout.files { pending.append(try file.write()) }
            for (reference, relocation) in zip(references, layout.relocations) {
                edit.set(
                    reference.path,
                    to: .rewrite { bytes, range throws(ONNXError) in try relocation.rope(bytes, range) })
            }
        }
        let rope = try edit.applied(to: original, in: 0..<original.count)
        let file = try PendingFile(writing: path)
        try rope.forEachPiece(of: original) { piece throws(ONNXError) in try file.add(piece) }
        for data in pending { try data.finish() }
        try file.finish()
    }
}

/// Which new data file holds what.
private struct ExternalLayout {
    /// In the order of the references.
    private(set) var relocations: [ExternalRelocation] = []
    private(set) var files: [ExternalCopy] = []

    init(
        model: ONNXModel, references: [ExternalReference], changes: [[WireKey]: [UInt8]], output: String
    ) throws(ONNXError) {
        var numbers: [String: Int] = [:]
        for reference in references where numbers[reference.location] == nil {
            numbers[reference.location] = numbers.count
        }
        let slash = output.lastIndex(of: "/")
        let folder = slash.map { String(output[...$0]) } ?? ""
        let name = slash.map { String(output[output.index(after: $0)...]) } ?? output
        var tensors: [[WireKey]: ExternalData] = [:]
        model.forEachTensor { if case .external(let data) = $0.storage { tensors[$0.path] = data } }
        let shared = Self.shared(tensors)
        for (location, number) in numbers.sorted(by: { $0.value < $1.value }) {
            let new = numbers.count == 1 ? "\(name).data" : "\(name).\(number + 1).data"
            let source = try ExternalData.path(of: location, tensor: "?", directory: model.directory)
            files.append(ExternalCopy(source: source, name: new, path: folder + new))
        }
        for reference in references {
            let number = numbers[reference.location]!
            var range: Range<Int>?
            if let elements = changes[reference.path], let data = tensors[reference.path] {
                if shared.contains(reference.path) {
                    range = files[number].append(elements, afterFileOf: try Self.size(data.path, reference.location))
                } else {
                    files[number].changes.append((data.offset, elements))
                }
            }
            relocations.append(
                ExternalRelocation(location: files[number].name, range: range, dropsChecksum: false))
        }
        for (index, reference) in references.enumerated() {
            let file = files[numbers[reference.location]!]
            guard !file.changes.isEmpty || !file.appended.isEmpty else { continue }
            let old = relocations[index]
            relocations[index] = ExternalRelocation(location: old.location, range: old.range, dropsChecksum: true)
        }
    }

    /// The tensors whose bytes belong to another tensor as well: changing them in place would change that one too.
    private static func shared(_ tensors: [[WireKey]: ExternalData]) -> Set<[WireKey]> {
        var result: Set<[WireKey]> = []
        let files = Dictionary(grouping: tensors.filter { $0.value.count > 0 }, by: \.value.path)
        for (_, owners) in files {
            let sorted = owners.sorted { $0.value.offset < $1.value.offset }
            var end = 0
            for (index, owner) in sorted.enumerated() {
                let next = index + 1 < sorted.count ? sorted[index + 1].value.offset : Int.max
                if owner.value.offset < end || next < owner.value.range.upperBound { result.insert(owner.key) }
                end = max(end, owner.value.range.upperBound)
            }
        }
        return result
    }

    private static func size(_ path: String, _ location: String) throws(ONNXError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .externalData(tensor: "?", location: location, reason: String(cString: strerror(errno)))
        }
        return Int(status.st_size)
    }
}
