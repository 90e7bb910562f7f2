import Foundation
import Tensors
import Testing

/// Files cut off or changed at every byte: whatever they hold, the answer is a value or a typed error.
struct DamageTests {
    private static let names = [
        "f4.npy", "fortran.npy", "version2.npy", "structured.npy", "i8.npy", "stored.npz", "deflated.npz",
        "mixed.safetensors", "members.gz",
    ]

    private func read(_ data: Data, as name: String) throws {
        if name.hasSuffix(".npy") {
            _ = try NPY.read(data)
        } else if name.hasSuffix(".npz") {
            let file = try NPZ(data)
            for name in file.names { _ = try file.array(name) }
        } else if name.hasSuffix(".gz") {
            _ = try Gzip.decompress(data, limit: 1 << 20)
        } else {
            let file = try Safetensors(data)
            for entry in file.entries {
                switch entry.elementType {
                case .float32: _ = try file.tensor(entry.name) as Tensor<Float>
                case .float64: _ = try file.tensor(entry.name) as Tensor<Double>
                case .int32: _ = try file.tensor(entry.name) as Tensor<Int32>
                case .int64: _ = try file.tensor(entry.name) as Tensor<Int64>
                case .uint8: _ = try file.tensor(entry.name) as Tensor<UInt8>
                }
            }
        }
    }

    @Test(arguments: names)
    func aFileCutOffAnywhereIsRefused(_ name: String) throws {
        let data = try goldenData(name)
        for length in 0..<data.count {
            do {
                try read(Data(data.prefix(length)), as: name)
                // A gzip file may end after any of its members.
                #expect(name == "members.gz", "\(length) of \(data.count) bytes were accepted")
            } catch {
                #expect(error is FormatError, "\(length) bytes: \(error)")
            }
        }
    }

    @Test(arguments: names)
    func aFileChangedAnywhereIsReadOrRefused(_ name: String) throws {
        let data = try goldenData(name)
        for position in data.indices {
            for change: UInt8 in [0x01, 0x10, 0x80, 0xff] {
                var damaged = data
                damaged[position] ^= change
                do {
                    try read(damaged, as: name)
                } catch {
                    #expect(error is FormatError, "byte \(position) changed by \(change): \(error)")
                }
            }
        }
    }

    @Test(arguments: names)
    func theWholeFileIsReadWhereItsFormatIsSupported(_ name: String) throws {
        let data = try goldenData(name)
        if name == "structured.npy" {
            #expect(throws: FormatError.self) { try read(data, as: name) }
        } else {
            try read(data, as: name)
        }
    }
}
