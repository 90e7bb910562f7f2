import Buffers
import Graphs
import Tensors
import Testing

@Suite struct BatchNormalizationTests {
    /// A normalised matrix and the θ after one run: scale, bias, running mean, running variance.
    private func run<E: Scalar>(
        _ rows: [[E]], _ operation: BatchNormalization, training: Bool, theta: [E]? = nil
    ) throws -> (result: [E], theta: [E]) {
        var graph = Graph(name: "normalisation")
        let columns = rows[0].count
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(columns)])
        let operands: [ValueID?] =
            [x]
            + [("scale", ParameterKind.scale), ("bias", .shift), ("mean", .statistic), ("variance", .statistic)].map {
                graph.addParameter($0.0, shape: [columns], kind: $0.1)
            }
        let y = try graph.append(operation, inputs: operands)[0]
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), y)
        graph.addOutput(y)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[rows.count, columns]], mode: training ? .training(loss: loss) : .inference, as: E.self
        )
        let initial =
            [E](repeating: 1, count: columns) + [E](repeating: 0, count: 2 * columns)
            + [E](repeating: 1, count: columns)
        let parameters = try AlignedBuffer(theta ?? initial)
        let gradient = try AlignedBuffer<E>(count: program.layout.trainableCount)
        let input = try AlignedBuffer(rows.flatMap { $0 })
        defer { withExtendedLifetime(input) {} }
        program.run(
            parameters: parameters.pointer, gradients: gradient.pointer, inputs: [UnsafeRawPointer(input.pointer)])
        return (Array(program.output(0)), Array(parameters.elements))
    }

    @Test func aLargeMeanDoesNotDrownTheVariance() throws {
        // Representable in Float around 10,000: multiples of 2^-10.
        let rows: [[Float]] = (0..<64).map { [10_000 + Float($0 % 2) / 64] }
        let (result, theta) = try run(rows, BatchNormalization(epsilon: 0, momentum: 0), training: true)
        #expect(result.allSatisfy { abs(abs($0) - 1) < 1e-3 })
        let variance = Double(theta[3])
        #expect(abs(variance / (1.0 / 128 / 128 * 64 / 63) - 1) < 1e-5, "\(variance)")
    }

    @Test func trainingTracksWhatInferenceUses() throws {
        let rows: [[Double]] = [[1, -2], [3, 4], [5, 0], [7, -10]]
        let operation = BatchNormalization(epsilon: 1e-5, momentum: 0, varianceCorrection: false)
        let trained = try run(rows, operation, training: true)
        let inferred = try run(rows, operation, training: false, theta: trained.theta)
        #expect(scaledError(inferred.result, trained.result) < 1e-12)
        #expect(inferred.theta == trained.theta)
    }

    @Test func inferenceAndFrozenTrainingLeaveTheStatistics() throws {
        let rows: [[Double]] = [[1, -2], [3, 4]]
        let theta: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]
        let inferred = try run(rows, BatchNormalization(), training: false, theta: theta)
        let frozen = try run(rows, BatchNormalization(freezesStatistics: true), training: true, theta: theta)
        #expect(inferred.theta == theta && frozen.theta == theta)
        #expect(inferred.result == frozen.result)
    }

    @Test func aSingleElementAChannelIsItsMeanAndTellsNothingOfTheVariance() throws {
        let (result, theta) = try run([[3.0, 5.0]], BatchNormalization(momentum: 0.5), training: true)
        #expect(result == [0, 0])
        #expect(theta == [1, 1, 0, 0, 1.5, 2.5, 1, 1])
    }

    @Test func anEmptyBatchChangesNothing() throws {
        var graph = Graph(name: "empty")
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(1)])
        let names: [(String, ParameterKind)] = [("s", .scale), ("b", .shift), ("m", .statistic), ("v", .statistic)]
        let operands: [ValueID?] = [x] + names.map { graph.addParameter($0.0, shape: [1], kind: $0.1) }
        let y = try graph.append(BatchNormalization(), inputs: operands)[0]
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), try graph.apply(SumToShape(shape: [1, 1]), y))
        graph.addOutput(loss)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[0, 1]], mode: .training(loss: loss), as: Double.self)
        let theta = try AlignedBuffer<Double>([1, 2, 3, 4])
        let gradient = try AlignedBuffer<Double>([5, 6])
        program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: [UnsafeRawPointer(theta.pointer)])
        #expect(Array(theta.elements) == [1, 2, 3, 4])
        #expect(Array(gradient.elements) == [0, 0])
    }

    @Test func normalizationAndReLUAreOneKernelInBothDirections() throws {
        var graph = Graph(name: "fusion")
        let x = graph.addParameter("x", shape: [2, 3, 4, 4], kind: .weight)
        let names: [(String, ParameterKind)] = [("s", .scale), ("b", .shift), ("m", .statistic), ("v", .statistic)]
        let operands: [ValueID?] = [x] + names.map { graph.addParameter($0.0, shape: [3], kind: $0.1) }
        let y = try graph.apply(Relu(), try graph.append(BatchNormalization(), inputs: operands)[0])
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), y)
        graph.addOutput(loss)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [], mode: .training(loss: loss), as: Float.self)
        let kernels = program.kernelNames.filter { $0.contains("relu") || $0.contains("norm") }
        #expect(kernels == ["reference.batchnormalizationtraining", "reference.batchnormalizationgradient"])
    }
}
