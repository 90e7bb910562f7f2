import Foundation
import Tensors
import Testing

struct NPZTests {
    private func labels() throws -> AnyTensor { try Tensor<Int64>(shape: [2], elements: [3, 1]).erased }

    @Test func storedArraysOfNumPyAreRead() throws {
        let file = try NPZ(contentsOf: golden("stored.npz"))
        #expect(file.names == ["images", "labels"])
        #expect(try file.array("images") == goldenMatrix().erased)
        #expect(try file.array("labels") == labels())
    }

    @Test func deflatedArraysOfNumPyAreRead() throws {
        let file = try NPZ(goldenData("deflated.npz"))
        let matrix = try goldenMatrix()
        #expect(
            try file.array("images")
                == Tensor.concatenated([Tensor](repeating: matrix, count: 50), axis: 0).erased)
        #expect(try file.array("labels") == labels())
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("round.npz")
        let arrays: [(name: String, array: AnyTensor)] = [
            ("zahl-ä", try Tensor<Double>(shape: [], elements: [2.5]).erased), ("labels", try labels()),
            ("none", try Tensor<UInt8>(shape: [0]).erased), ("images", try goldenMatrix().erased),
        ]
        try NPZ.write(arrays, to: path)
        let file = try NPZ(contentsOf: path)
        #expect(file.names == arrays.map(\.name))
        for (name, array) in arrays { #expect(try file.array(name) == array) }
        #expect(folder.files == ["round.npz"])
    }

    @Test func namesThatCannotBeToldApartAreRefused() throws {
        let folder = try TemporaryFolder()
        let matrix = try goldenMatrix().erased
        for names in [["a", "a"], [""], [String(repeating: "x", count: 70_000)]] {
            let error = failure(FormatError.self) {
                try NPZ.write(names.map { ($0, matrix) }, to: folder.file("bad.npz"))
            }
            #expect(error?.kind == .malformed)
        }
        #expect(folder.files.isEmpty)
    }

    @Test func aMissingArrayIsToldBesideThoseThatExist() throws {
        let error = try #require(
            failure(FormatError.self) { try NPZ(contentsOf: golden("stored.npz")).array("image") })
        #expect(error.kind == .missing)
        #expect(error.description.contains("images, labels"))
    }

    @Test func aChangedElementIsFoundByItsChecksum() throws {
        var data = try goldenData("stored.npz")
        let magic = try #require(data.range(of: Data([0x93]) + Data("NUMPY".utf8)))
        data[magic.lowerBound + 130] ^= 1
        #expect(failure(FormatError.self) { try NPZ(data).array("images") }?.kind == .corrupted)
    }

    /// The directory's record of the first entry, and where its field of a given place is.
    private func patched(_ name: String, field: Int, _ bytes: [UInt8]) throws -> Data {
        var data = try goldenData(name)
        let record = try #require(data.range(of: Data([0x50, 0x4b, 1, 2])))
        data.replaceSubrange(record.lowerBound + field..<record.lowerBound + field + bytes.count, with: bytes)
        return data
    }

    @Test func sizesThatTheBytesCannotHoldAreRefused() throws {
        for name in ["stored.npz", "deflated.npz"] {
            let data = try patched(name, field: 24, [0, 0, 0, 0x70])
            let error = failure(FormatError.self) { try NPZ(data).array("images") }
            #expect(error?.kind == .malformed)
        }
    }

    @Test func aSizeThatTheArraysHeaderContradictsIsRefused() throws {
        // Large enough to be possible for the compressed bytes, but not what the .npy header says.
        let data = try patched("deflated.npz", field: 24, [0, 0x40, 0, 0])
        #expect(failure(FormatError.self) { try NPZ(data).array("images") }?.kind == .malformed)
    }

    @Test func encryptionAndOtherCompressionsAreNotRead() throws {
        let encrypted = try patched("stored.npz", field: 8, [1, 0])
        #expect(failure(FormatError.self) { try NPZ(encrypted) }?.kind == .unsupported)
        let bzip2 = try patched("stored.npz", field: 10, [12, 0])
        let error = failure(FormatError.self) { try NPZ(bzip2) }
        #expect(error?.kind == .unsupported && error?.detail.contains("12") == true)
    }

    @Test func whatIsNoArchiveIsRefused() {
        #expect(failure(FormatError.self) { try NPZ(Data()) }?.kind == .truncated)
        #expect(failure(FormatError.self) { try NPZ(Data(count: 100)) }?.kind == .truncated)
    }
}
