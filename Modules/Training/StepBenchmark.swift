import Buffers
import Graphs
import Layers
import Optimizers

/// How long a step took.
public struct StepTime: Sendable, Equatable {
    /// Seconds of the whole step.
    public let seconds: Double
    /// Of these, seconds of the optimizer's update; 0 without one.
    public let update: Double
}

/// Steps of a network on random images, for timing: forward, backward and an update by SGD with momentum, or forward alone.
public final class StepBenchmark {
    /// Floating-point operations of a step: two a multiply-add.
    public let operations: Int
    private let program: Program<Float>
    /// Images a step.
    let batch: Int
    /// Channels, height and width of an image.
    let imageShape: [Int]
    let isTraining: Bool
    private let parameters: ParameterStore<Float>
    private let gradients: AlignedBuffer<Float>
    private let images: AlignedBuffer<Float>
    private let labels: AlignedBuffer<Int32>
    private let inputs: [UnsafeRawPointer]
    private let rule: SGD
    private let ruleState: OptimizerState<Float>?
    private let workers: Workers
    /// Nobody changes the parameters while forward steps are timed.
    private let version = ParametersVersion()

    /// Prepares a benchmark.
    ///
    /// - Parameters:
    ///   - network: the network; training steps change its weights, forward steps leave them as they are.
    ///   - batch: images a step, at least 1.
    ///   - training: whether a step is forward, backward and an update, or forward alone.
    ///   - compiler: the backends and threads to use.
    /// - Throws: ``TrainingError/openImageShape`` if the network leaves its images' size open,
    ///   ``TrainingError/badSetting(name:value:allowed:)`` for an impossible batch size, `GraphError` if it cannot be
    ///   compiled, `AllocationError` if memory is short.
    public init(_ network: Network, batch: Int, training: Bool, compiler: Compiler) throws {
        guard batch >= 1 else {
            throw TrainingError.badSetting(name: "batch size", value: "\(batch)", allowed: "at least 1")
        }
        let shape = network.imageShape.compactMap { $0 }
        guard shape.count == 3 else { throw TrainingError.openImageShape }
        let classifier = try Classifier(network.graph, imageShape: shape, compiler: compiler)
        program =
            try training ? classifier.trainingProgram(batch: batch) : classifier.predictionProgram(batch: batch)
        self.batch = batch
        imageShape = shape
        operations = 2 * program.graph.multiplyAdds
        isTraining = training
        workers = compiler.workers
        parameters = network.parameters
        // What is not needed would still count as memory that the step takes.
        gradients = try AlignedBuffer(count: training ? parameters.layout.trainableCount : 0)
        var random = Philox(seed: 0)
        images = try AlignedBuffer(count: batch * shape.reduce(1, *))
        for index in 0..<images.count { images.pointer[index] = Float(random.normal()) }
        labels = try AlignedBuffer(count: batch)
        for index in 0..<batch { labels.pointer[index] = Int32(index % classifier.classes) }
        inputs = [UnsafeRawPointer(images.pointer)] + (training ? [UnsafeRawPointer(labels.pointer)] : [])
        rule = try SGD(momentum: 0.9)
        ruleState = training ? try rule.makeState(for: parameters.layout, as: Float.self) : nil
    }

    /// The bytes that activations and scratch memory take.
    public var arenaBytes: Int { program.arenaBytes }

    /// The bytes that an update reads and writes: weights and velocities both ways, gradients once; 0 for inference.
    public var updateBytes: Int { isTraining ? 5 * gradients.count * MemoryLayout<Float>.stride : 0 }

    /// How many nodes each backend runs.
    public var kernels: [String: Int] {
        program.kernelNames.reduce(into: [:]) { counts, name in
            counts[String(name.prefix { $0 != "." }), default: 0] += 1
        }
    }

    /// Runs steps and times each.
    ///
    /// - Parameters:
    ///   - steps: steps to time; none below 1.
    ///   - warmUp: steps to run before, which touch all memory and load all code; 3 by default.
    /// - Returns: the time of each step.
    public func measure(steps: Int, warmUp: Int = 3) throws -> [StepTime] {
        for _ in 0..<max(0, warmUp) { _ = try step(inputs) }
        return try (0..<max(0, steps)).map { _ in try step(inputs) }
    }

    /// A step that times its kernels, without an update.
    func profiledStep() -> [KernelTime] {
        program.profile(
            parameters: parameters.values.pointer, gradients: isTraining ? gradients.pointer : nil, inputs: inputs,
            invocation: Invocation(parameters: isTraining ? nil : version))
    }

    /// One step on images, and labels in training.
    func step(_ inputs: [UnsafeRawPointer]) throws -> StepTime {
        let clock = ContinuousClock()
        let start = clock.now
        program.run(
            parameters: parameters.values.pointer, gradients: isTraining ? gradients.pointer : nil, inputs: inputs,
            invocation: Invocation(parameters: isTraining ? nil : version))
        let computed = clock.now
        guard isTraining, let ruleState else {
            return StepTime(seconds: (computed - start) / .seconds(1), update: 0)
        }
        try rule.step(
            StepContext(
                parameters: parameters.trainable, gradient: gradients.elements, loss: 0, learningRate: 1e-6),
            state: ruleState, workers: workers)
        let updated = clock.now
        return StepTime(seconds: (updated - start) / .seconds(1), update: (updated - computed) / .seconds(1))
    }
}
