extension Graph {
    /// The graph whose batch normalisations use the batch's own statistics, and write them where the running ones are:
    /// for measuring statistics anew. Everything else, dropout too, is as in inference; compile it for inference.
    ///
    /// Normalisations whose statistics are frozen stay as they are.
    public func measuringStatistics() -> Graph {
        var graph = self
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard let normalization = node.operation as? BatchNormalization, !normalization.freezesStatistics else {
                continue
            }
            graph.nodes[index].operation = BatchNormalizationTraining(
                epsilon: normalization.epsilon, momentum: 0, varianceCorrection: normalization.varianceCorrection,
                activation: normalization.activation)
            for name in ["mean", "deviation"] {
                let value = Value(name: "\(node.name)_\(name)", role: .result, type: nil)
                graph.nodes[index].outputs.append(graph.addValue(value))
            }
        }
        return graph
    }
}
