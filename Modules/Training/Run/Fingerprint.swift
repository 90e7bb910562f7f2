import Buffers
import Datasets
import Graphs
import Optimizers

/// What a run's bits depend on, but for the number of epochs, as names and readable values: a run that goes on from a
/// checkpoint must agree with it on all of them.
enum Fingerprint {
    /// The entries of a run.
    static func entries(
        of settings: TrainingSettings, network: Graph, layout: ParameterLayout, training: any Dataset,
        validation: any Dataset
    ) throws -> [String: String] {
        var entries: [String: String] = [
            "batch size": "\(settings.batchSize)", "evaluation batch size": "\(settings.evaluationBatchSize)",
            "persistency": "\(settings.persistency)", "learning rate": "\(settings.learningRate)",
            "schedule": settings.schedule.description,
            "seed": "\(settings.seed)", "threads": "\(settings.workers.count)",
            "backends": settings.backends.backends.map(\.name).joined(separator: ", "),
            "optimizer": type(of: settings.optimizer).name,
            "gradient clipping": settings.clipping.map { "\($0.norm)" } ?? "none",
            "frozen zeros": settings.freezesZerosFrom.map { "from epoch \($0)" } ?? "none",
            "augmentation": settings.augmentations.description,
            "accelerator": settings.acceleration?.description ?? "none",
            "network": describe(network, layout), "training data": try describe(training),
            "validation data": try describe(validation),
        ]
        for (name, value) in settings.optimizer.values { entries["optimizer's \(name)"] = "\(value)" }
        // What a caller adds must not hide what the run itself has to agree on.
        for (name, value) in settings.preparation {
            entries[entries[name] == nil ? name : "preparation: \(name)"] = value
        }
        if !settings.rateMultipliers.isEmpty {
            entries["learning-rate multipliers"] = describe(settings.rateMultipliers)
        }
        for (index, stage) in settings.stages.enumerated() {
            let values = stage.optimizer.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            entries["stage \(index + 1)"] = "\(stage.epoch): \(values.joined(separator: " "))"
        }
        return entries
    }

    /// A network by its operators, its constants, and its parameters' names, shapes and kinds; not by its weights.
    private static func describe(_ network: Graph, _ layout: ParameterLayout) -> String {
        var checksum = Checksum()
        for node in network.nodes {
            let operands = node.inputs.map { $0?.index ?? -1 }
            checksum.add("\(type(of: node.operation).name) \(node.operation) \(operands)")
        }
        for case .constant(.real(let constant)) in network.values.lazy.map(\.role) {
            checksum.add("\(constant.shape)")
            constant.withElements { checksum.add($0) }
        }
        for segment in layout.segments { checksum.add("\(segment.name) \(segment.shape) \(segment.kind)") }
        return "\(network.nodes.count) operators, \(layout.count) parameters (\(checksum.text))"
    }

    /// Factors by their number for each value, and which parameters have them.
    private static func describe(_ factors: [String: Double]) -> String {
        var checksum = Checksum()
        for (name, factor) in factors.sorted(by: { $0.key < $1.key }) { checksum.add("\(name)=\(factor)") }
        let counts = Dictionary(grouping: factors.values) { $0 }.sorted { $0.key < $1.key }
        return counts.map { "\($0.key) for \($0.value.count)" }.joined(separator: ", ") + " (\(checksum.text))"
    }

    /// A data set by all of its labels and some of its images; not by its name, for data may be moved.
    private static func describe(_ dataset: any Dataset) throws -> String {
        var checksum = Checksum()
        let labels = dataset.labels
        labels.withUnsafeBufferPointer { checksum.add($0) }
        let sample = Swift.stride(from: 0, to: dataset.count, by: max(1, dataset.count / 32)).map { $0 }
        let images = try AlignedBuffer<Float>(count: sample.count * dataset.imageShape.count)
        sample.withUnsafeBufferPointer { dataset.copyImages(at: $0, to: images.pointer) }
        withExtendedLifetime(images) { checksum.add(images.elements) }
        return "\(dataset.count) images of \(dataset.imageShape), \(dataset.classCount) classes (\(checksum.text))"
    }
}
