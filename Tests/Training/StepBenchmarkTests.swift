import Buffers
import Datasets
import Graphs
import Layers
import Testing
import Training

@Suite struct StepBenchmarkTests {
    private static let compiler = Compiler(backends: allBackends, workers: Workers(2))

    @Test(arguments: [true, false])
    func stepsAreTimedOneByOne(_ training: Bool) throws {
        let network = try Networks.convolutional()
        let before = network.parameters.values.bits
        let benchmark = try StepBenchmark(network, batch: 8, training: training, compiler: Self.compiler)
        let times = try benchmark.measure(steps: 5, warmUp: 1)
        #expect(times.count == 5)
        for time in times {
            #expect(training ? 0 < time.update && time.update < time.seconds : time.update == 0 && time.seconds > 0)
        }
        #expect(try benchmark.measure(steps: 0, warmUp: 0).isEmpty)
        #expect(try benchmark.measure(steps: -1, warmUp: -1).isEmpty)
        #expect((network.parameters.values.bits == before) == !training)
        #expect(benchmark.arenaBytes > 0)
        #expect(benchmark.kernels["openblas"] ?? 0 > 0)
    }

    @Test(arguments: [true, false])
    func stepsOnDataAreTimedOverAsManyEpochsAsItTakes(_ training: Bool) throws {
        let network = try Networks.convolutional()
        let benchmark = try StepBenchmark(network, batch: 16, training: training, compiler: Self.compiler)
        // Five whole batches an epoch; the sixth, shorter one is passed over.
        let loader = try BatchLoader(
            digits(first: 90), batchSize: 16, shuffleSeed: 1, augmentations: Augmentations("translate:1"))
        let figures = try benchmark.measure(loader, steps: 12)
        #expect(figures.secondsPerBatch > 0 && figures.secondsPerStep > 0 && figures.stallSecondsPerStep >= 0)
    }

    @Test func dataThatDoesNotFitABenchmarkIsRefused() throws {
        let benchmark = try StepBenchmark(Networks.linear(), batch: 16, training: true, compiler: Self.compiler)
        let other = try BatchLoader(uniform(20, shape: [1, 8, 7]), batchSize: 16)
        #expect(
            failure { try benchmark.measure(other, steps: 1) }
                == TrainingError.imageShape(model: ["N", "1", "8", "8"], data: [1, 8, 7]))
        for (images, batch, allowed) in [
            (20, 8, "16, which the network was prepared for"), (15, 16, "at most 15, all images that there are"),
        ] {
            let loader = try BatchLoader(uniform(images), batchSize: batch)
            #expect(
                failure { try benchmark.measure(loader, steps: 1) }
                    == TrainingError.badSetting(name: "batch size", value: "\(batch)", allowed: allowed))
        }
    }

    @Test func operationsAreTwoAMultiplyAdd() throws {
        // One matrix of 64 x 10: forward, and the gradient of the weights; that of the images is not needed.
        let network = try Networks.linear()
        let forward = try StepBenchmark(network, batch: 4, training: false, compiler: Self.compiler)
        #expect(forward.operations == 2 * 4 * 640)
        let training = try StepBenchmark(network, batch: 4, training: true, compiler: Self.compiler)
        #expect(training.operations == 2 * 2 * 4 * 640)
    }

    @Test func anUpdateMovesWeightsAndVelocitiesTwiceAndGradientsOnce() throws {
        let network = try Networks.linear()
        let parameters = network.parameters.layout.trainableCount
        let training = try StepBenchmark(network, batch: 4, training: true, compiler: Self.compiler)
        #expect(training.updateBytes == 5 * 4 * parameters)
        #expect(try StepBenchmark(network, batch: 4, training: false, compiler: Self.compiler).updateBytes == 0)
    }

    @Test func impossibleStepsAreRefused() throws {
        let network = try Networks.linear()
        for batch in [0, -1, Int.min] {
            #expect(
                failure { try StepBenchmark(network, batch: batch, training: true, compiler: Self.compiler) }
                    == TrainingError.badSetting(name: "batch size", value: "\(batch)", allowed: "at least 1"))
        }
        for batch in [Int.max, Int.max / 64, 1 << 40] {
            #expect(
                failure((any Error).self) {
                    try StepBenchmark(network, batch: batch, training: true, compiler: Self.compiler)
                } != nil)
        }
        var graph = Graph(name: "open")
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(1), .symbolic("H"), .symbolic("W")])
        graph.addOutput(try graph.apply(Flatten(), try graph.apply(GlobalAveragePool(), x)))
        let open = try Network(graph: graph, parameters: ParameterStore(layout: graph.parameterLayout()))
        #expect(
            failure { try StepBenchmark(open, batch: 2, training: false, compiler: Self.compiler) }
                == TrainingError.openImageShape)
    }
}
