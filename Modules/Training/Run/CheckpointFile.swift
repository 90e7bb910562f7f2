import Buffers
import Tensors

/// What a checkpoint's file holds: named vectors, named lists of numbers, and a text.
///
/// A checksum over all of it stands in the file, so that damage that leaves a readable file is noticed too.
struct CheckpointFile {
    /// The vectors by name.
    let vectors: [String: (shape: [Int], elements: AlignedBuffer<Float>)]
    /// The lists of numbers by name.
    let numbers: [String: [Double]]
    /// The text.
    let text: String

    private static let format = "slipstream-checkpoint"
    private static let version = "2"

    /// Reads a whole file, and checks it.
    ///
    /// - Throws: ``TrainingError/badCheckpoint(path:reason:)`` if it is no checkpoint, one of another version, or damaged;
    ///   `FileError` or `FormatError` if it cannot be read, `AllocationError` if it does not fit memory.
    init(contentsOf path: String) throws {
        func bad(_ reason: String) -> TrainingError { .badCheckpoint(path: path, reason: reason) }
        let file = try Safetensors(contentsOf: path)
        guard file.metadata["format"] == Self.format, let text = file.metadata["state"] else {
            throw bad("it was not written by a training run")
        }
        guard file.metadata["version"] == Self.version else {
            throw bad("its version is \(file.metadata["version"] ?? "missing"), not \(Self.version)")
        }
        var vectors: [String: (shape: [Int], elements: AlignedBuffer<Float>)] = [:]
        var numbers: [String: [Double]] = [:]
        var checksum = Checksum()
        for entry in file.entries {
            checksum.add(entry.name)
            switch entry.elementType {
            case .float32:
                let buffer: AlignedBuffer<Float> = try file.buffer(entry.name)
                vectors[entry.name] = (entry.shape, buffer)
                withExtendedLifetime(buffer) { checksum.add(buffer.elements) }
            case .float64:
                let elements = try (file.tensor(entry.name) as Tensor<Double>).elements
                numbers[entry.name] = elements
                elements.withUnsafeBufferPointer { checksum.add($0) }
            default: throw bad("'\(entry.name)' has elements of another type than F32 or F64")
            }
        }
        checksum.add(text)
        guard file.metadata["checksum"] == checksum.text else { throw bad("it is damaged: its checksum is not right") }
        self.vectors = vectors
        self.numbers = numbers
        self.text = text
    }

    /// What is about to be written, in order. Memory that vectors point to must stay as it is until then.
    struct Draft {
        private var tensors: [Safetensors.Source] = []
        private var checksum = Checksum()

        /// Adds a vector; `nil` for a shape of one dimension.
        mutating func add(_ name: String, shape: [Int]? = nil, _ elements: UnsafeBufferPointer<Float>) {
            checksum.add(name)
            checksum.add(elements)
            tensors.append(Safetensors.Source(name, shape: shape, elements))
        }

        /// Adds a list of numbers.
        mutating func add(_ name: String, _ numbers: [Double]) throws {
            checksum.add(name)
            numbers.withUnsafeBufferPointer { checksum.add($0) }
            tensors.append(Safetensors.Source(name, try Tensor(shape: [numbers.count], elements: numbers)))
        }

        /// Writes the file, which appears whole or not at all.
        ///
        /// - Throws: `FileError` if the system refuses; a file that was there stays.
        func write(text: String, to path: String) throws {
            var checksum = checksum
            checksum.add(text)
            let metadata = [
                "format": CheckpointFile.format, "version": CheckpointFile.version, "state": text,
                "checksum": checksum.text,
            ]
            try Safetensors.write(tensors, metadata: metadata, to: path)
        }
    }
}
