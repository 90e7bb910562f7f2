import Datasets
import Foundation
import Testing

struct CIFAR10Tests {
    /// A record whose channels are filled with three values.
    private func record(_ label: UInt8, _ values: [UInt8]) -> [UInt8] {
        [label] + values.flatMap { [UInt8](repeating: $0, count: 1024) }
    }

    /// Five training batches of one and two records, and a test batch of one.
    private func folder(in subfolder: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        if !subfolder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: folder.file(subfolder), withIntermediateDirectories: true)
        }
        let prefix = subfolder.isEmpty ? "" : subfolder + "/"
        for batch in 1...5 {
            let first = record(UInt8(batch), [UInt8(batch), 128, 255])
            try folder.write(
                "\(prefix)data_batch_\(batch).bin", batch == 2 ? first + record(0, [20, 21, 22]) : first)
        }
        try folder.write("\(prefix)test_batch.bin", record(9, [0, 0, 0]))
        return folder
    }

    @Test(arguments: ["", "cifar-10-batches-bin"])
    func batchesAreJoinedInOrder(_ subfolder: String) throws {
        let folder = try folder(in: subfolder)
        let train = try load("cifar10:\(folder.path)")
        #expect(train.name == "cifar10/train" && train.count == 6)
        #expect(train.imageShape == ImageShape(channels: 3, height: 32, width: 32))
        #expect(train.labels == [1, 2, 0, 3, 4, 5])
        let values = train.values([2])
        let expected: [Double] = [
            (20.0 / 255 - 0.4914) / 0.2470, (21.0 / 255 - 0.4822) / 0.2435, (22.0 / 255 - 0.4465) / 0.2616,
        ]
        #expect([values[0], values[1024], values[3071]] == expected.map { Float($0) })
        #expect(try load("cifar10/test:\(folder.path)").labels == [9])
    }

    @Test func manyRecordsKeepTheirPlaces() throws {
        let folder = try folder()
        var bytes: [UInt8] = []
        for image in 0..<700 { bytes += record(UInt8(image % 10), [UInt8(image % 251), 0, UInt8(image % 7)]) }
        try folder.write("test_batch.bin", bytes)
        let test = try load("cifar10/test:\(folder.path)")
        let labels: [Int32] = (0..<700).map { Int32($0 % 10) }
        #expect(test.labels == labels)
        for image in [0, 255, 256, 511, 512, 699] {
            let values = test.values([image])
            let red = (Double(image % 251) / 255 - 0.4914) / 0.2470
            let blue = (Double(image % 7) / 255 - 0.4465) / 0.2616
            #expect(values[1023] == Float(red))
            #expect(values[2048] == Float(blue))
        }
    }

    @Test func missingBatchesAreNamed() throws {
        let folder = try folder()
        try FileManager.default.removeItem(atPath: folder.file("data_batch_4.bin"))
        let error = failure(DatasetError.self) { try load("cifar10:\(folder.path)") }
        #expect(error == .missingFile(folder: folder.path, names: ["data_batch_4.bin"]))
        let empty = try TemporaryFolder()
        #expect(
            failure(DatasetError.self) { try load("cifar10/test:\(empty.path)") }
                == .missingFile(folder: empty.path, names: ["test_batch.bin"]))
    }

    @Test func emptyCutOffAndMislabelledBatchesAreRefused() throws {
        let folder = try folder()
        let path = folder.file("test_batch.bin")
        try folder.write("test_batch.bin", [])
        #expect(failure(DatasetError.self) { try load("cifar10/test:\(folder.path)") } == .empty(file: path))
        for length in [1, 1024, 3072] {
            try folder.write("test_batch.bin", Array(record(1, [1, 2, 3]).prefix(length)))
            let error = failure(DatasetError.self) { try load("cifar10/test:\(folder.path)") }
            #expect(error == .truncated(file: path, expected: 3073, found: length))
        }
        try folder.write("test_batch.bin", record(1, [0, 0, 0]) + record(10, [0, 0, 0]))
        let error = failure(DatasetError.self) { try load("cifar10/test:\(folder.path)") }
        #expect(error == .labelOutOfRange(file: path, index: 1, label: 10, classCount: 10))
    }
}
