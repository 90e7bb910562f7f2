import Buffers
import Tensors

extension DatasetKind {
    /// CIFAR-10 in its binary version: six files of records, one label byte and 3,072 pixel bytes each.
    ///
    /// A. Krizhevsky, *Learning multiple layers of features from tiny images*, technical report, 2009. Files of any
    /// whole number of records are read, so that a part of the data can stand for all of it.
    public static let cifar10 = DatasetKind(
        name: "cifar10", location: .folder,
        summary: "CIFAR-10's binary batches: 50,000 + 10,000 colour images of 32x32"
    ) { location, split in
        let names = split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
        let folder = try Folder(location)
        let nested = try? Folder(location + "/cifar-10-batches-bin")
        let holdsBatches = (try? folder.file(names)) != nil
        let batches = holdsBatches ? folder : nested ?? folder
        let files = try names.map { try CIFARBatch(batches.file([$0])) }
        let pixels = try AlignedBuffer<UInt8>(count: files.reduce(0) { $0 + $1.count } * CIFARBatch.imageSize)
        var labels: [Int32] = []
        for file in files { try file.append(to: &labels, pixels) }
        return try ByteImages(
            name: "cifar10/\(split.rawValue)", imageShape: ImageShape(channels: 3, height: 32, width: 32),
            classCount: 10, pixels: pixels, labels: labels,
            normalization: Normalization(
                maximum: 255, means: [0.4914, 0.4822, 0.4465], standardDeviations: [0.2470, 0.2435, 0.2616]))
    }
}

/// One file of CIFAR-10 records.
private struct CIFARBatch {
    static let imageSize = 3 * 32 * 32
    static let recordSize = 1 + imageSize

    /// The number of records.
    let count: Int
    private let source: ByteSource

    init(_ path: String) throws {
        source = try ByteSource(path: path)
        count = source.count / Self.recordSize
        guard source.count > 0 else { throw DatasetError.empty(file: path) }
        guard source.count % Self.recordSize == 0 else {
            throw DatasetError.truncated(
                file: path, expected: (count + 1) * Self.recordSize, found: source.count)
        }
    }

    /// Reads the records: labels to the end of `labels`, pixels to the places that belong to them.
    func append(to labels: inout [Int32], _ pixels: AlignedBuffer<UInt8>) throws {
        let chunk = try AlignedBuffer<UInt8>(count: min(count, 256) * Self.recordSize)
        for first in stride(from: 0, to: count, by: 256) {
            let records = min(256, count - first)
            let bytes = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(chunk.mutableElements)[..<(records * Self.recordSize)])
            let got = try source.read(at: first * Self.recordSize, into: bytes)
            guard got == bytes.count else {
                throw DatasetError.truncated(
                    file: source.name, expected: source.count, found: first * Self.recordSize + got)
            }
            for record in 0..<records {
                let start = record * Self.recordSize
                let label = chunk.pointer[start]
                guard label < 10 else {
                    throw DatasetError.labelOutOfRange(
                        file: source.name, index: first + record, label: Int64(label), classCount: 10)
                }
                let target = pixels.pointer + labels.count * Self.imageSize
                target.update(from: chunk.pointer + start + 1, count: Self.imageSize)
                labels.append(Int32(label))
            }
        }
    }
}
