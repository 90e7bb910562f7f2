import Buffers
import Datasets
import Graphs
import Layers
import Optimizers

/// A network's training loss on a fixed sample of data, as a function of its weights: what curvature is measured on.
///
/// ```swift
/// let loss = try SampledLoss(network, training, images: 1024)
/// let spectrum = try loss.spectrum(at: network.parameters)
/// ```
///
/// Batch normalisation uses each batch's own statistics, as in training, and dropout always leaves out the same.
///
/// Not safe to use from two threads at once.
public final class SampledLoss {
    /// The number of images.
    public let images: Int
    private let classifier: Classifier
    private let workers: Workers
    private let batches: [Sample]
    /// What programs read: the statistics behind θ may be written to.
    private let parameters: ParameterStore<Float>
    private let part: AlignedBuffer<Float>

    private struct Sample {
        let images: AlignedBuffer<Float>
        let labels: AlignedBuffer<Int32>
    }

    /// Draws the sample.
    ///
    /// - Parameters:
    ///   - network: the network.
    ///   - dataset: the data.
    ///   - images: how many images, each drawn once; at most as many as there are, and a whole number of batches where the
    ///     network's batch size is fixed.
    ///   - batchSize: images a run; a network whose batch size is fixed overrides it.
    ///   - seed: determines which images.
    ///   - workers: the threads to use.
    ///   - backends: the backends to use.
    /// - Throws: ``TrainingError`` if network and data do not fit each other, `GraphError` if the network cannot be
    ///   compiled, `AllocationError` if memory is short.
    public init(
        _ network: Network, _ dataset: any Dataset, images: Int = 1024, batchSize: Int = 256, seed: UInt64 = 0,
        workers: Workers = .all, backends: BackendList = .registered
    ) throws {
        guard images >= 1 else {
            throw TrainingError.badSetting(name: "images", value: "\(images)", allowed: "at least 1")
        }
        let compiler = Compiler(backends: backends, workers: workers)
        classifier = try Classifier(network.graph, imageShape: dataset.imageShape.dimensions, compiler: compiler)
        let size = classifier.fixedBatch ?? batchSize
        guard size >= 1 else {
            throw TrainingError.badSetting(name: "batch size", value: "\(size)", allowed: "at least 1")
        }
        self.workers = workers
        var count = min(images, dataset.count)
        if classifier.fixedBatch != nil { count -= count % size }
        guard count > 0 else {
            throw dataset.count == 0
                ? TrainingError.noImages(data: dataset.name)
                : .bakedBatch(model: size, asked: size, images: min(images, dataset.count))
        }
        // What does not depend on how many images are taken.
        try classifier.check(dataset, batchSize: min(size, dataset.count), checksLabels: true)
        var random = Philox(seed: seed)
        let order = Array(random.permutation(dataset.count).prefix(count))
        let labels = dataset.labels
        batches = try stride(from: 0, to: count, by: size).map { first in
            let indices = Array(order[first..<min(first + size, count)])
            let pixels = try AlignedBuffer<Float>(count: indices.count * dataset.imageShape.count)
            indices.withUnsafeBufferPointer { dataset.copyImages(at: $0, to: pixels.pointer) }
            return Sample(images: pixels, labels: try AlignedBuffer(indices.map { labels[$0] }))
        }
        self.images = count
        parameters = try network.parameters.copy()
        part = try AlignedBuffer(count: network.parameters.layout.trainableCount)
    }

    /// Writes the gradient of the mean loss over the sample.
    ///
    /// - Parameters:
    ///   - point: θ's trainable part.
    ///   - gradient: where to write.
    /// - Returns: the mean loss.
    /// - Throws: `GraphError` if a program cannot be compiled.
    @discardableResult
    public func gradient(
        at point: UnsafeBufferPointer<Float>, into gradient: UnsafeMutableBufferPointer<Float>
    ) throws -> Double {
        precondition(point.count == part.count && gradient.count == part.count, "vectors of another length")
        _ = parameters.trainable.update(fromContentsOf: point)
        gradient.update(repeating: 0)
        var loss = 0.0
        for batch in batches {
            let program = try classifier.trainingProgram(batch: batch.labels.count)
            program.run(
                parameters: parameters.values.pointer, gradients: part.pointer,
                inputs: [UnsafeRawPointer(batch.images.pointer), UnsafeRawPointer(batch.labels.pointer)],
                invocation: Invocation(seed: 0, step: 0))
            let share = Double(batch.labels.count) / Double(images)
            loss += share * Double(program.output(1)[0])
            workers.split(part.count, grain: 1 << 14) { range, _ in
                for index in range { gradient[index] += Float(share) * part.pointer[index] }
            }
        }
        return loss
    }

    /// The extreme eigenvalues of the loss's Hessian, by ``Lanczos`` on ``HessianProduct``s.
    ///
    /// - Parameters:
    ///   - store: the weights; they stay as they are.
    ///   - lanczos: how many products to take at most, and how well to know the eigenvalues.
    ///   - progress: called before every product with the number of those done.
    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` if the gradient at the weights is not finite;
    ///   `GraphError` if a program cannot be compiled, `AllocationError` if memory is short.
    public func spectrum(
        at store: ParameterStore<Float>, _ lanczos: Lanczos = Lanczos(), progress: (Int) -> Void = { _ in }
    ) throws -> Spectrum {
        let point = UnsafeBufferPointer(store.trainable)
        let g = try AlignedBuffer<Float>(count: point.count)
        let loss = try gradient(at: point, into: g.mutableElements)
        guard loss.isFinite, g.isFinite(workers) else {
            throw TrainingError.notFinite(what: "the gradient", step: 0, epoch: 0, learningRate: 0)
        }
        let product = try HessianProduct<Float>(at: point, workers: workers) { [self] in
            try gradient(at: $0, into: $1)
        }
        var done = 0
        return try lanczos.spectrum(count: point.count, workers: workers) { v, out in
            progress(done)
            try product.apply(v, into: out)
            done += 1
        }
    }
}
