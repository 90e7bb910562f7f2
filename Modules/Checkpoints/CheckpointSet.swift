import Accelerators
import Tensors

/// Checkpoints of one run in the order in which they were saved, their tensors matched by name.
///
///     let files = try paths.map { try SafetensorsFile(contentsOf: $0) }
///     let checkpoints = try CheckpointSet(files)
///     let found = try checkpoints.weights(.rna(RNA()))
///     if let weights = found.weights { try checkpoints.write(weights, to: "extrapolated.safetensors") }
///
/// Files are read twice for RNA, once for an average, in blocks that fit the cache: memory does not grow with the tensors,
/// only with the square of the number of files. The last file says what the result looks like: order, names, types, what
/// is written beside tensors, and everything that is no floating-point number. Tensors of 16 and 32 bits are combined in
/// single precision, sums in double; those of 64 bits in double precision. Results do not depend on the number of threads.
///
/// D. Scieur, E. Oyallon, A. d'Aspremont, F. Bach, *Nonlinear acceleration of CNNs*, ICLR workshop 2018.
public struct CheckpointSet {
    /// How many checkpoints can be combined.
    public static let allowedCount = 2...128

    /// A tensor that is combined.
    struct Column {
        /// What it is.
        let tensor: StoredTensor
        /// Which of each file's tensors it is.
        let indices: [Int]
        /// Whether it makes residuals.
        let makesResiduals: Bool
    }

    let files: [any TensorFile]
    /// In the last file's order.
    let columns: [Column]

    /// Matches the tensors of files.
    ///
    /// - Parameters:
    ///   - files: the checkpoints, oldest first.
    ///   - selection: which tensors are combined, and which make residuals.
    /// - Throws: ``CheckpointError``; differences between files are listed all at once.
    public init(_ files: [any TensorFile], selection: CheckpointSelection = CheckpointSelection())
        throws(CheckpointError)
    {
        guard let last = files.last, Self.allowedCount ~= files.count else {
            throw .wrongCount(found: files.count, allowed: Self.allowedCount)
        }
        let names = last.tensors.map(\.name)
        if let pattern = selection.unmatched(among: names) { throw .unmatchedPattern(pattern, file: last.path) }
        let compared = last.tensors.filter { !selection.keeps($0.name) }
        var mismatches: [CheckpointMismatch] = []
        var indices: [[String: Int]] = []
        for file in files {
            let known = Dictionary(file.tensors.indices.map { (file.tensors[$0].name, $0) }) { first, _ in first }
            mismatches += Self.mismatches(of: file, known, compared, Set(names), selection)
            indices.append(known)
        }
        guard mismatches.isEmpty else { throw .mismatched(mismatches, reference: last.path) }
        let foreign = compared.filter { $0.numbers == .foreign }.map { "'\($0.name)' (\($0.typeName))" }
        guard foreign.isEmpty else { throw .foreignNumbers(foreign, file: last.path) }
        self.files = files
        columns = compared.filter { $0.numbers.stride != nil }.map { tensor in
            Column(
                tensor: tensor, indices: indices.compactMap { $0[tensor.name] },
                makesResiduals: selection.makesResiduals(tensor.name))
        }
        guard !columns.isEmpty else { throw .nothingToCombine(file: last.path) }
    }

    /// The names of the tensors that are combined.
    public var combined: [String] { columns.map(\.tensor.name) }
    /// The number of elements that are combined.
    public var elementCount: Int { columns.reduce(0) { $0 + $1.tensor.count } }
    /// The names of the tensors that are taken from the last checkpoint.
    public var taken: [String] {
        let combined = Set(self.combined)
        return (files.last?.tensors ?? []).map(\.name).filter { !combined.contains($0) }
    }

    /// In which tensors a file differs from those that it is compared with.
    private static func mismatches(
        of file: any TensorFile, _ known: [String: Int], _ compared: [StoredTensor], _ names: Set<String>,
        _ selection: CheckpointSelection
    ) -> [CheckpointMismatch] {
        var found: [CheckpointMismatch] = []
        func add(_ name: String, _ fault: CheckpointMismatch.Fault) {
            found.append(CheckpointMismatch(file: file.path, tensor: name, fault: fault))
        }
        for right in compared {
            guard let tensor = known[right.name].map({ file.tensors[$0] }) else {
                add(right.name, .missing)
                continue
            }
            if tensor.shape != right.shape { add(right.name, .shape(tensor.shape, right: right.shape)) }
            if tensor.typeName != right.typeName { add(right.name, .type(tensor.typeName, right: right.typeName)) }
            if tensor.isColumnMajor != right.isColumnMajor {
                add(right.name, .order(isColumnMajor: tensor.isColumnMajor))
            }
        }
        for tensor in file.tensors where !names.contains(tensor.name) && !selection.keeps(tensor.name) {
            add(tensor.name, .unknown)
        }
        return found
    }
}
