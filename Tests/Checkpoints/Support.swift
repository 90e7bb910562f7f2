import Buffers
import Foundation
import Tensors

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "slipstream-checkpoints-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func file(_ name: String) -> String { path + "/" + name }
}

/// Random numbers that only depend on the seed.
func numbers<Element: Scalar>(_ count: Int, seed: UInt64, scale: Double = 1, as type: Element.Type) -> [Element] {
    var state = seed &* 2 &+ 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Element((Double(state >> 11) * 0x1p-53 - 0.5) * scale)
    }
}

/// Checkpoints of a method that converges: each tensor is `limit + factor^k · offset` and a little noise.
func trajectory<Element: Scalar>(_ files: Int, _ count: Int, seed: UInt64, as type: Element.Type) -> [[Element]] {
    let limit = numbers(count, seed: seed, as: Double.self)
    let directions = (0..<3).map { numbers(count, seed: seed + 10 + UInt64($0), as: Double.self) }
    return (0..<files).map { k in
        let noise = numbers(count, seed: seed + 100 + UInt64(k), scale: 1e-3, as: Double.self)
        return (0..<count).map { i in
            let part = zip(directions, [0.9, 0.6, 0.3]).reduce(0) { $0 + $1.0[i] * pow($1.1, Double(k)) }
            return Element(limit[i] + part + noise[i])
        }
    }
}

/// The error that `body` throws, if it is of the given type.
func failure<Failure: Error, Result>(_ type: Failure.Type, _ body: () throws -> Result) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}
