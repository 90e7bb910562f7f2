import Buffers
import CAllocations
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// Learning rates of their own for some parameters of a run.
@Suite struct FineTuningTests {
    private func oneStep(_ factors: [String: Double]) throws -> (
        before: ParameterStore<Float>, after: ParameterStore<Float>
    ) {
        let network = try Networks.normalized()
        var settings = TrainingSettings(
            epochs: 1, batchSize: 16, optimizer: try SGD(weightDecay: 0.1), learningRate: 0.05)
        settings.rateMultipliers = factors
        let trainer = try Trainer(
            network: network, training: digits(first: 16), validation: digits(.test, first: 8), settings: settings)
        try trainer.run()
        return (network.parameters, trainer.state.parameters)
    }

    @Test func aStepIsAsLongAsItsFactorSays() throws {
        let (before, plain) = try oneStep([:])
        let names = before.layout.segments.filter(\.kind.isTrainable).map(\.name)
        let factors = [names[0]: 0.25, names[2]: 2]
        let (_, scaled) = try oneStep(factors)
        for name in names {
            let (start, a, b) = try (
                #require(before[name]), #require(plain[name]), #require(scaled[name])
            )
            let factor = Float(factors[name] ?? 1)
            var (worst, longest): (Float, Float) = (0, 0)
            for index in start.indices {
                worst = max(worst, abs((b[index] - start[index]) - factor * (a[index] - start[index])))
                longest = max(longest, abs(a[index] - start[index]))
            }
            #expect(worst <= 1e-4 * longest && longest > 0, "\(name)")
        }
    }

    @Test func impossibleFactorsEndARunBeforeItBegins() throws {
        let name = try Networks.normalized().parameters.layout.segments[0].name
        #expect(throws: TrainingError.badMultipliers(.badFactor(name: name, factor: "0.0"))) { try oneStep([name: 0]) }
        #expect(throws: TrainingError.badMultipliers(.untrained(name: "nothing"))) { try oneStep(["nothing": 1]) }
        var settings = shortSettings(Rule.all[4], Way.all[0])
        settings.rateMultipliers = [name: 0.5]
        #expect(throws: TrainingError.self) { try shortTrainer(settings) }
    }

    @Test func aNetworkWithoutTrainedParametersIsRefused() throws {
        let network = try Network(name: "none", input: [1, 8, 8], seed: 0) {
            MaxPool2D(4)
            Flat()
        }
        let data = try uniform(16, classes: 4)
        #expect(throws: TrainingError.nothingToTrain) {
            try Trainer(
                network: network, training: data, validation: data,
                settings: TrainingSettings(epochs: 1, batchSize: 8, optimizer: SGD(), learningRate: 0.1))
        }
    }

    @Test func multipliersCostNoAllocation() throws {
        let names = try Networks.normalized().parameters.layout.segments.filter(\.kind.isTrainable).map(\.name)
        var settings = shortSettings(Rule.all[1], Way.all[0])
        settings.workers = .serial
        settings.rateMultipliers = [names[0]: 0.5, names[1]: 2]
        let trainer = try shortTrainer(settings)
        var events = TrainingEvents()
        var counts: [Int] = []
        counts.reserveCapacity(40)
        var last = thread_allocations()
        events.stepped = { _ in
            counts.append(thread_allocations() - last)
            last = thread_allocations()
        }
        try trainer.run(events)
        #expect(counts[7..<11].allSatisfy { $0 <= 1 }, "\(counts)")
    }
}

/// Images as rows of numbers.
private struct Flat: Layer {
    func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(Flatten(), value)
    }
}
