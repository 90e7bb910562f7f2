import Foundation
import Tensors
import Testing

struct NPYTests {
    /// What `Golden/generate.py` saved.
    static func values() throws -> [(String, AnyTensor)] {
        [
            ("f4", try goldenMatrix().erased), ("version2", try goldenMatrix().erased),
            ("version3", try goldenMatrix().erased), ("f8", try Tensor(shape: [], elements: [-1.5e300]).erased),
            ("i4", try Tensor(shape: [3], elements: [Int32.min, 0, Int32.max]).erased),
            ("i8", try Tensor(shape: [2, 2, 1], elements: [Int64.min, 7, 0, Int64.max]).erased),
            ("u1", try Tensor(shape: [4], elements: [0, 1, 254, 255] as [UInt8]).erased),
            ("empty", try Tensor<Float>(shape: [0, 3]).erased),
            ("fortran", try Tensor(shape: [2, 3, 4], elements: (0..<24).map { Int32($0) }).erased),
            ("wide", try Tensor<UInt8>(shape: [Int](repeating: 1, count: 30)).erased),
        ]
    }

    @Test func whatNumPyWroteIsRead() throws {
        for (name, expected) in try Self.values() {
            #expect(try NPY.read(contentsOf: golden(name + ".npy")) == expected, "\(name)")
            #expect(try NPY.read(goldenData(name + ".npy")) == expected, "\(name)")
        }
    }

    @Test func whatIsWrittenIsWhatNumPyWrites() throws {
        let folder = try TemporaryFolder()
        for (name, value) in try Self.values() where !["version2", "version3", "fortran"].contains(name) {
            #expect(try NPY.data(of: value) == goldenData(name + ".npy"), "\(name)")
            try NPY.write(value, to: folder.file(name))
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))) == goldenData(name + ".npy"))
        }
    }

    @Test(arguments: [("big-endian", ">f4"), ("half", "<f2"), ("boolean", "|b1"), ("structured", "structured")])
    func otherElementTypesAreNamedBesideThoseThatAreRead(_ name: String, _ type: String) throws {
        let error = try #require(failure(FormatError.self) { try NPY.read(contentsOf: golden(name + ".npy")) })
        #expect(error.kind == .unsupported)
        #expect(error.description.contains(type) && error.description.contains("<f4, <f8, <i4, <i8, |u1"))
    }

    private func file(_ header: String, version: UInt8 = 1, bytes: Int = 4) -> Data {
        let length = UInt8(header.utf8.count)
        let prefix: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0, length, 0] + (version == 1 ? [] : [0, 0])
        return Data(prefix) + Data(header.utf8) + Data(count: bytes)
    }

    @Test(arguments: [
        "{\"shape\": (1,), \"descr\": \"<f4\", \"fortran_order\": False}",
        "{'descr':'<f4','fortran_order':True,'shape':(1,)}",
        " { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1L , 1L ) , } \n",
    ])
    func otherWritersHeadersAreRead(_ header: String) throws {
        #expect(try NPY.read(file(header)).count == 1)
        #expect(try NPY.read(file(header, version: 2)).count == 1)
    }

    @Test(arguments: [
        "", "{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
        "{'descr': '<f4", "{'descr' '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296)}",
    ])
    func headersThatMakeNoSenseAreMalformed(_ header: String) {
        #expect(failure(FormatError.self) { try NPY.read(file(header)) }?.kind == .malformed)
    }

    @Test func aHugeClaimIsRefusedBeforeMemoryIsTaken() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000)}"
        #expect(failure(FormatError.self) { try NPY.read(file(header)) }?.kind == .truncated)
    }

    @Test func bytesThatBelongToNoElementAreRefused() throws {
        let error = failure(FormatError.self) { try NPY.read(goldenData("f4.npy") + Data([0])) }
        #expect(error?.kind == .malformed)
    }

    @Test func newVersionsAndLongHeadersAreRefused() throws {
        var data = try goldenData("f4.npy")
        data[6] = 4
        #expect(failure(FormatError.self) { try NPY.read(data) }?.kind == .unsupported)
        var long = Data([0x93]) + Data("NUMPY".utf8) + Data([2, 0, 0, 0, 0, 0x40])
        long.append(Data(count: 100))
        #expect(failure(FormatError.self) { try NPY.read(long) }?.kind == .unsupported)
    }

    @Test func pathsThatAreNoFilesGiveTheSystemsReason() throws {
        let folder = try TemporaryFolder()
        let missing = try #require(failure(FileError.self) { try NPY.read(contentsOf: folder.file("none.npy")) })
        #expect(missing.code == ENOENT && missing.description.contains("none.npy"))
        #expect(missing.description.contains("No such file or directory"))
        #expect(failure(FileError.self) { try NPY.read(contentsOf: folder.path) }?.code == EISDIR)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(failure(FileError.self) { try NPY.read(contentsOf: folder.file("pipe")) }?.code == EINVAL)
    }

    @Test func conversionsAreExactOrRefused() throws {
        let bytes = try Tensor<UInt8>(shape: [2], elements: [0, 255]).erased
        #expect(try bytes.float().elements == [0, 255])
        #expect(try bytes.int64().elements == [0, 255])
        let halves = try Tensor<Double>(shape: [2], elements: [4, 0.5]).erased
        #expect(try halves.float().elements == [4, 0.5])
        let error = try #require(failure(ConversionError.self) { try halves.int64() })
        #expect(error.index == 1 && error.value == "0.5" && error.target == .int64)
        for value in [Float.nan, .infinity, 1e30] {
            let tensor = try Tensor(shape: [], elements: [value]).erased
            #expect(throws: ConversionError.self) { try tensor.int64() }
        }
    }
}
