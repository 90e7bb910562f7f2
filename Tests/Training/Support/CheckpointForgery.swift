import Buffers
import Foundation
import Tensors

/// A checkpoint read by the published format alone, to be written again with another content and the right checksum.
struct CheckpointForgery {
    var tensors: [(name: String, shape: [Int], floats: [Float]?, doubles: [Double]?)] = []
    var state: [String: Any]
    var metadata: [String: String]

    init(_ path: String) throws {
        let file = try Safetensors(contentsOf: path)
        for entry in file.entries {
            if entry.elementType == .float32 {
                let tensor: Tensor<Float> = try file.tensor(entry.name)
                tensors.append((entry.name, entry.shape, tensor.elements, nil))
            } else {
                let tensor: Tensor<Double> = try file.tensor(entry.name)
                tensors.append((entry.name, entry.shape, nil, tensor.elements))
            }
        }
        metadata = file.metadata
        let text = file.metadata["state"] ?? ""
        state = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    func write(to path: String, checksum: String? = nil) throws {
        let text = String(decoding: try JSONSerialization.data(withJSONObject: state), as: UTF8.self)
        var sum = Sum()
        var sources: [Safetensors.Source] = []
        for tensor in tensors {
            sum.add(Array(tensor.name.utf8))
            if let floats = tensor.floats {
                sum.add(floats.withUnsafeBytes { Array($0) })
                sources.append(Safetensors.Source(tensor.name, try Tensor(shape: tensor.shape, elements: floats)))
            } else if let doubles = tensor.doubles {
                sum.add(doubles.withUnsafeBytes { Array($0) })
                sources.append(Safetensors.Source(tensor.name, try Tensor(shape: tensor.shape, elements: doubles)))
            }
        }
        sum.add(Array(text.utf8))
        var metadata = metadata
        metadata["state"] = text
        metadata["checksum"] = checksum ?? sum.text
        try Safetensors.write(sources, metadata: metadata, to: path)
    }

    /// The checksum, written the slow way.
    private struct Sum {
        var lanes: [UInt64] = [
            0xCBF2_9CE4_8422_2325, 0x9AE1_6A3B_2F90_404F, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9,
        ]

        static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
            let product = (a ^ b) &* 0x100_0000_01B3
            return product ^ (product >> 32)
        }

        mutating func add(_ bytes: [UInt8]) {
            let padded = bytes + [UInt8](repeating: 0, count: 32 - bytes.count % 32)
            let words = stride(from: 0, to: padded.count, by: 8).map { (start: Int) -> UInt64 in
                (0..<8).reversed().reduce(0) { (word: UInt64, byte: Int) in word << 8 | UInt64(padded[start + byte]) }
            }
            for (index, word) in (words + [UInt64(bytes.count), 0, 0, 0]).enumerated() {
                lanes[index % 4] = Sum.mix(lanes[index % 4], word)
            }
        }

        var text: String {
            let total = lanes.dropFirst().reduce(lanes[0], Sum.mix)
            return (0..<16).reversed().map { String(total >> (4 * UInt64($0)) & 15, radix: 16) }.joined()
        }
    }
}
