import Slipstream

/// A network's zeros in words.
enum SparsityTable {
    /// The shares of zeros, in one line.
    static func total(_ sparsity: Sparsity) -> String {
        "\(Figures.percent(sparsity.ofWeights)) of the weights are zero, "
            + "\(Figures.percent(sparsity.ofAll)) of all trainable parameters"
    }

    /// A line for every tensor: its share of zeros, its elements, its name.
    static func layers(_ sparsity: Sparsity) -> [String] {
        sparsity.layers.map { layer in
            "\(Figures.percent(layer.share).leftPadded(8)) of \("\(layer.count)".leftPadded(9))  \(layer.name)"
        }
    }
}
