import Buffers
import Datasets
import Graphs

/// Measures a network's batch-normalisation statistics anew: their means over the batches of a pass over data.
///
/// Weights that were combined from several networks' have activations that none of those had; P. Izmailov et al.,
/// *Averaging weights leads to wider optima and better generalization*, UAI 2018, section 3.2.
///
/// Not safe to use from two threads at once.
public final class StatisticsEstimator {
    private let loader: BatchLoader
    private let programs: ProgramCache<Float>
    private let imageShape: [Int]
    private let layout: ParameterLayout
    private let scratch: AlignedBuffer<Float>

    /// Prepares a measurement.
    ///
    /// - Parameters:
    ///   - classifier: the network.
    ///   - dataset: the data, taken in its own order.
    ///   - batchSize: images a batch; statistics are those of batches of this size. A network whose batch size is fixed
    ///     overrides it.
    ///   - compiler: the backends and threads to use.
    /// - Throws: `GraphError` or `BatchLoaderError` if network and data do not fit each other, `AllocationError`.
    public init(_ classifier: Classifier, _ dataset: any Dataset, batchSize: Int, compiler: Compiler) throws {
        var graph = classifier.network.measuringStatistics()
        graph.keepOutputs(Array(graph.outputs.prefix(1)))
        programs = ProgramCache(graph, compiler: compiler)
        loader = try BatchLoader(dataset, batchSize: classifier.fixedBatch ?? batchSize)
        imageShape = classifier.imageShape
        layout = try graph.parameterLayout()
        scratch = try AlignedBuffer(count: layout.count)
    }

    /// Replaces a parameter vector's statistics by those of its weights. Batches count by their images.
    ///
    /// - Parameter parameters: the whole parameter vector; only the statistics behind the trainable part change.
    /// - Throws: `GraphError` if the network does not take batches of a size that occurs, or needs too much memory.
    public func estimate(_ parameters: AlignedBuffer<Float>) throws {
        let statistics = layout.trainableCount..<layout.count
        guard !statistics.isEmpty else { return }
        var sums = [Double](repeating: 0, count: statistics.count)
        var images = 0
        var inputs: [UnsafeRawPointer] = []
        try loader.start(epoch: 0)
        while let batch = loader.next() {
            let program = try programs.program(inputShapes: [[batch.count] + imageShape], mode: .inference)
            scratch.assign(parameters)
            batch.list(in: &inputs, withLabels: false)
            program.run(parameters: scratch.pointer, inputs: inputs)
            for index in statistics {
                sums[index - statistics.lowerBound] += Double(batch.count) * Double(scratch.pointer[index])
            }
            images += batch.count
        }
        guard images > 0 else { return }
        for index in statistics {
            parameters.pointer[index] = Float(sums[index - statistics.lowerBound] / Double(images))
        }
    }
}
