import Accelerators
import Buffers
import Optimizers

/// Made-up sequences of points; Golden/generate.py makes the same ones, bit for bit.
enum Sequences {
    static let count = 24

    /// Knuth's linear congruential generator: numbers in [-0.5, 0.5) with 53 bits.
    struct Generator {
        private var state: UInt64

        init(seed: Int) { state = UInt64(seed) }

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53 - 0.5
        }

        mutating func vector(_ count: Int = Sequences.count) -> [Double] { (0..<count).map { _ in next() } }
    }

    static func make(_ kind: String, length: Int, seed: Int) -> [[Double]] {
        var random = Generator(seed: seed)
        let (base, direction) = (random.vector(), random.vector())
        let scale = (0..<count).map { Double(sign: .plus, exponent: $0 * 7 % 41 - 20, significand: 1) }
        var decay = 1.0
        return (0..<length).map { _ in
            let noise = random.vector()
            defer { decay *= 0.75 }
            return (0..<count).map { k in
                switch kind {
                case "collinear": base[k] + decay * direction[k] + 0.00001 * noise[k]
                case "scaled": scale[k] * (base[k] + decay * noise[k])
                default: noise[k]
                }
            }
        }
    }
}

/// A state that has seen `points`.
func history<Element: Scalar>(
    _ rna: RNA, of points: [[Element]], workers: Workers = .serial
) throws -> RNAState<Element> {
    let state = try rna.makeState(count: points[0].count, as: Element.self)
    for point in points { try state.push(point, workers: workers) }
    return state
}

/// The largest deviation of a coordinate, relative to the largest size that the coordinate has in `points`.
func scaledError<Element: Scalar>(_ found: [Element], _ expected: [Double], points: [[Element]]) -> Double {
    found.indices.map { k in
        let scale = points.map { abs(Double($0[k])) }.max() ?? 1
        return abs(Double(found[k]) - expected[k]) / scale
    }.max() ?? 0
}

func bits<Element: Scalar>(_ elements: [Element]) -> [UInt8] { elements.withUnsafeBytes { Array($0) } }

/// Copies what a checkpoint would hold into another state.
func transfer<Element: Scalar>(
    _ source: any SerializableState<Element>, to target: any SerializableState<Element>
) throws {
    try target.restore(
        vectors: Dictionary(uniqueKeysWithValues: source.vectors.map { ($0.name, $0.elements) }),
        numbers: Dictionary(uniqueKeysWithValues: source.numbers.map { ($0.name, $0.values) }))
}
