import Buffers
import Datasets
import Foundation
import Layers
import Optimizers
import Testing
import Training

/// Runs with stages, frozen zeros and clipping.
@Suite struct SparseRunTests {
    /// RDA in two stages, zeros frozen from the third epoch on.
    private static func settings(epochs: Int = 5, way: Way = Way.all[0]) throws -> TrainingSettings {
        var settings = shortSettings(
            Rule(name: "rda", optimizer: try RDA(gamma: 2, lambda: 5e-3, anchorSteps: 50), learningRate: 0), way,
            epochs: epochs)
        settings.stages = [try OptimizerStage("1:lambda=2e-2,gamma=3", after: settings.optimizer)]
        settings.freezesZerosFrom = 2
        return settings
    }

    /// Which filters' and matrices' elements are zero.
    private static func zeros(_ store: ParameterStore<Float>) -> Set<Int> {
        var zeros: Set<Int> = []
        for segment in store.layout.segments where segment.kind == .weight {
            for index in segment.range where store.values.pointer[index] == 0 { zeros.insert(index) }
        }
        return zeros
    }

    @Test func zerosStayOnceTheyAreFrozenAndGrowInNumber() throws {
        let trainer = try shortTrainer(try Self.settings())
        var events = TrainingEvents()
        var byEpoch: [Set<Int>] = []
        var frozen: Set<Int> = []
        var revived = 0
        events.stepped = { _ in
            let zeros = Self.zeros(trainer.state.parameters)
            if trainer.state.step > 12 {
                #expect(zeros.isSuperset(of: frozen), "step \(trainer.state.step)")
            } else {
                revived += frozen.subtracting(zeros).count
            }
            frozen = zeros
        }
        events.finishedEpoch = { byEpoch.append(Self.zeros($0.parameters)) }
        try trainer.run(events)
        #expect(revived > 0, "before, zeros come and go")
        #expect(byEpoch[4].count > byEpoch[2].count)
        let sparsities = trainer.state.history.map { $0.sparsity?.ofWeights ?? 0 }
        let weights = trainer.state.parameters.layout.segments.filter { $0.kind == .weight }.reduce(0) { $0 + $1.count }
        for (found, zeros) in zip(sparsities, byEpoch) {
            #expect(abs(found - Double(zeros.count) / Double(weights)) < 1e-12)
        }
        #expect(sparsities[4] > 0.1)
    }

    @Test(arguments: Way.all.filter { $0.acceleration != nil })
    func anExtrapolationHasTheFrozenZeros(_ way: Way) throws {
        let trainer = try shortTrainer(try Self.settings(epochs: 8, way: way))
        var events = TrainingEvents()
        var compared = 0
        events.finishedEpoch = { state in
            guard state.epoch > 2, let best = state.bestAccelerated, best.epoch == state.epoch else { return }
            let extrapolated = try ParameterStore<Float>(layout: state.parameters.layout)
            extrapolated.values.assign(best.parameters)
            let plain = Self.zeros(trainer.state.parameters)
            #expect(Self.zeros(extrapolated).isSuperset(of: plain), "epoch \(state.epoch)")
            compared += plain.count
        }
        try trainer.run(events)
        #expect(compared > 0)
    }

    @Test func whatIsProposedIsMaskedBeforeItIsMeasured() throws {
        var settings = shortSettings(Rule.all[0], epochs: 1)
        settings.freezesZerosFrom = 0
        settings.acceleration = AccelerationSettings(FixedProposal(fill: 0.25), mode: .online, guarding: .none)
        let network = try Networks.normalized()
        try MagnitudePruning(sparsity: 0.5).prune(network.parameters)
        let pruned = Self.zeros(network.parameters)
        let trainer = try shortTrainer(settings, network: network)
        try trainer.run()
        let extrapolated = try #require(trainer.state.bestAccelerated)
        for segment in network.parameters.layout.segments where segment.kind == .weight {
            for index in segment.range {
                let expected: Float = pruned.contains(index) ? 0 : 0.25
                #expect(extrapolated.parameters.pointer[index] == expected)
                #expect(trainer.state.parameters.values.pointer[index] == expected)
            }
        }
        #expect(!pruned.isEmpty)
    }

    @Test func aStageChangesTheRuleAtItsEpoch() throws {
        let trainer = try shortTrainer(try Self.settings())
        var events = TrainingEvents()
        var thresholds: [Double] = []
        events.stepped = { _ in thresholds.append(trainer.state.reported["threshold"] ?? .nan) }
        try trainer.run(events)
        for (index, found) in thresholds.enumerated() {
            let t = Double(index + 51)
            #expect(abs(found - t.squareRoot() * (index < 6 ? 5e-3 / 2 : 2e-2 / 3)) < 1e-12, "step \(index + 1)")
        }
        let mean = try #require(trainer.state.history[0].reported?["threshold"])
        #expect(abs(mean - thresholds[..<6].reduce(0, +) / 6) < 1e-12)
        #expect(abs(trainer.state.history[0].learningRate - 1 / (2 * 56.0.squareRoot())) < 1e-12)
    }

    @Test(arguments: [7, 12, 15, 18, 25])
    func aRunWithStagesAndFrozenZerosResumesToTheSameBits(_ step: Int) throws {
        for way in [Way.all[0], Way.all[2]] {
            let folder = try TemporaryFolder()
            let path = folder.file("checkpoint.safetensors")
            let whole = try shortTrainer(try Self.settings(way: way))
            try whole.run()
            let first = try shortTrainer(try Self.settings(way: way), checkpoint: path)
            try first.run(.stopping(after: step))
            let second = try shortTrainer(try Self.settings(way: way), checkpoint: path)
            try second.resume(from: path)
            try second.run()
            #expect(Snapshot(second.state) == Snapshot(whole.state), "\(way.name)")
        }
    }

    @Test func anotherStageOrFreezingIsAnotherRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint.safetensors")
        try shortTrainer(try Self.settings(), checkpoint: path).run(.stopping(after: 3))
        for (change, name) in [
            ({ (settings: inout TrainingSettings) in settings.stages = [] }, "stage 1"),
            ({ settings in settings.freezesZerosFrom = 3 }, "frozen zeros"),
            ({ settings in settings.clipping = try? GradientClipping(norm: 1) }, "gradient clipping"),
        ] {
            var settings = try Self.settings()
            change(&settings)
            let other = try shortTrainer(settings)
            guard case .differentRun(let differences) = failure(TrainingError.self, { try other.resume(from: path) })
            else {
                Issue.record("\(name) was not noticed")
                continue
            }
            #expect(differences.contains { $0.hasPrefix(name) })
        }
    }

    @Test func clippingBoundsEveryStep() throws {
        var settings = shortSettings(Rule.all[0])
        settings.clipping = try GradientClipping(norm: 0.01)
        let trainer = try shortTrainer(settings)
        let count = trainer.state.parameters.layout.trainableCount
        var last = Array(trainer.state.parameters.values.elements.prefix(count))
        var events = TrainingEvents()
        events.stepped = { _ in
            let now = Array(trainer.state.parameters.values.elements.prefix(count))
            let moved = zip(now, last).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
            #expect(abs(moved - 0.1 * 0.01) < 1e-6)
            last = now
        }
        try trainer.run(events)
        settings.optimizer = try OptimizerTable.make("neumann")
        #expect(settings.remarks.count == 1)
        settings.clipping = nil
        #expect(settings.remarks.isEmpty)
    }

    @Test func whoGoesOnFromAnExtrapolationButCannotIsTold() throws {
        for way in Way.all {
            let goesOn = way.acceleration.map { $0.mode != .offline } ?? false
            #expect(try Self.settings(way: way).remarks.count == (goesOn ? 1 : 0))
            #expect(shortSettings(Rule.all[0], way).remarks.isEmpty)
        }
    }

    @Test func impossibleStagesAreRefused() throws {
        var settings = shortSettings(Rule.all[0])
        settings.stages = [try OptimizerStage(epoch: 1, optimizer: SGD(momentum: 0.9))]
        #expect(throws: TrainingError.badStage(.otherState("1"))) { try shortTrainer(settings) }
        settings.stages = []
        settings.freezesZerosFrom = -1
        #expect(failure(TrainingError.self) { try shortTrainer(settings) } != nil)
    }
}
