import CKernels

/// How many parameters of a network are exactly zero, layer by layer and in total.
public struct Sparsity: Sendable, Hashable, Codable {
    /// A tensor's share.
    public struct Layer: Sendable, Hashable, Codable {
        /// The tensor's name.
        public let name: String
        /// Its elements that are zero.
        public let zeros: Int
        /// All its elements.
        public let count: Int
        /// Whether it is of kind `weight`: what regularisers and pruning act on.
        public let isWeight: Bool

        /// zeros / count; 0 for no elements.
        public var share: Double { count > 0 ? Double(zeros) / Double(count) : 0 }

        private enum CodingKeys: String, CodingKey {
            case name, zeros, count
            case isWeight = "weight"
        }
    }

    /// The trainable tensors, in the layout's order.
    public let layers: [Layer]

    /// Counts the zeros of a network's trainable parameters.
    public init<Element: Scalar>(of store: ParameterStore<Element>) {
        layers = store.layout.segments.filter(\.kind.isTrainable).map { segment in
            let elements = UnsafeMutableRawPointer(store.values.pointer + segment.offset)
            let zeros =
                Element.self == Float.self
                ? ck_count_zeros_f32(elements.assumingMemoryBound(to: Float.self), segment.count)
                : ck_count_zeros_f64(elements.assumingMemoryBound(to: Double.self), segment.count)
            return Layer(name: segment.name, zeros: zeros, count: segment.count, isWeight: segment.kind == .weight)
        }
    }

    /// The share of zeros among filters and matrices: what is meant by a network's sparsity.
    public var ofWeights: Double { Sparsity.share(layers.filter(\.isWeight)) }

    /// The share of zeros among all trainable parameters.
    public var ofAll: Double { Sparsity.share(layers) }

    /// Whether a filter or a matrix has a zero: networks that nobody made sparse have none.
    public var isSparse: Bool { layers.contains { $0.isWeight && $0.zeros > 0 } }

    private static func share(_ layers: [Layer]) -> Double {
        let count = layers.reduce(0) { $0 + $1.count }
        return count > 0 ? Double(layers.reduce(0) { $0 + $1.zeros }) / Double(count) : 0
    }

    private enum CodingKeys: String, CodingKey {
        case layers
        case ofWeights = "weights"
        case ofAll = "all"
    }

    public init(from decoder: any Decoder) throws {
        layers = try decoder.container(keyedBy: CodingKeys.self).decode([Layer].self, forKey: .layers)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ofWeights, forKey: .ofWeights)
        try container.encode(ofAll, forKey: .ofAll)
        try container.encode(layers, forKey: .layers)
    }
}
