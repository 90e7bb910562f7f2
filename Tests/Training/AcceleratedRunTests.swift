import Accelerators
import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

@Suite struct AcceleratedRunTests {
    private static func evaluator(_ network: Network, batchSize: Int = 32) throws -> Evaluator {
        let compiler = Compiler(backends: allBackends, workers: Workers(2))
        return try Evaluator(
            Classifier(network.graph, imageShape: [1, 8, 8], compiler: compiler), digits(.test, first: 50),
            batchSize: batchSize)
    }

    /// The plain part of a run.
    private struct Plain: Equatable {
        let parameters, best: [UInt32]
        let evaluations: [[Double]]

        init(_ state: TrainingState) {
            parameters = state.parameters.values.bits
            best = state.best.parameters.bits
            evaluations = state.history.map { [$0.loss, $0.accuracy, $0.trainingLoss, $0.trainingAccuracy] }
        }
    }

    @Test(arguments: Rule.all)
    func offlineARunIsNeverTouched(_ rule: Rule) throws {
        let plain = try shortTrainer(shortSettings(rule, epochs: 6))
        try plain.run()
        let garbage = Way(name: "garbage", acceleration: AccelerationSettings(FixedProposal(fill: 1e30)))
        for way in [Way.all[1], Way.all[3], garbage] {
            let observed = try shortTrainer(shortSettings(rule, way, epochs: 6))
            try observed.run()
            #expect(Plain(observed.state) == Plain(plain.state), "\(way.name)")
            #expect(observed.state.bestAccelerated?.evaluation != nil)
        }
    }

    /// The trainer's proposals are those of the accelerator fed with what the run came through, by hand.
    @Test(arguments: [false, true])
    func theExtrapolationIsThatOfTheWholeStoreStatisticsIncluded(_ isOnline: Bool) throws {
        let network = try Networks.normalized()
        let layout = network.parameters.layout
        let statistics = layout.trainableCount..<layout.count
        #expect(statistics.count == 8)
        let way = Way(
            name: "", acceleration: AccelerationSettings(try RNA(window: 3), mode: isOnline ? .online : .offline))
        let trainer = try shortTrainer(shortSettings(Rule.all[1], way, epochs: 7), network: network)
        let history = try RNA(window: 3).makeState(count: layout.count, as: Float.self)
        let evaluator = try Self.evaluator(network)
        try history.start(at: Array(network.parameters.values.elements))
        var (accepted, extrapolatedStatistics) = (0, 0)
        var plain: [Float] = []
        var events = TrainingEvents()
        // The last step's θ is the epoch's; after the epoch an accepted proposal has taken its place.
        events.stepped = { _ in plain = Array(trainer.state.parameters.values.elements) }
        events.finishedEpoch = { state in
            let metrics = try #require(state.history.last)
            try history.push(plain)
            #expect(metrics.coefficients == history.solve().coefficients)
            #expect(metrics.conditionNumber == history.solve().conditionNumber)
            let proposal = try AlignedBuffer(history.extrapolated())
            let expected = try evaluator.evaluate(proposal)
            #expect(metrics.acceleratedLoss == expected.loss && metrics.acceleratedAccuracy == expected.accuracy)
            #expect(try evaluator.evaluate(AlignedBuffer(plain)).loss == metrics.loss)
            if state.bestAccelerated?.epoch == state.epoch {
                #expect(state.bestAccelerated?.parameters.bits == proposal.bits)
                #expect(state.bestAccelerated?.evaluation == expected)
            }
            if Array(proposal.elements[statistics]) != Array(plain[statistics]) { extrapolatedStatistics += 1 }
            let isAccepted = expected.loss <= metrics.loss
            #expect(metrics.proposal == (isAccepted ? isOnline ? "accepted" : "offered" : "worse"))
            if isOnline, isAccepted {
                accepted += 1
                #expect(state.parameters.values.bits == proposal.bits)
                try history.start(at: Array(proposal.elements))
            } else {
                #expect(state.parameters.values.elements.elementsEqual(plain))
            }
        }
        try trainer.run(events)
        // The first proposal of all is the first point itself.
        #expect(extrapolatedStatistics >= 5)
        #expect(accepted > (isOnline ? 1 : -1))
    }

    @Test func gradientResidualsAreTheEpochsMeanGradients() throws {
        // With one batch an epoch the mean gradient is that of softmax regression at the epoch's start.
        let network = try Networks.linear()
        let data = try digits(first: 50)
        let rna = try RNA(window: 3, gradientResiduals: true)
        var settings = shortSettings(
            Rule.all[0], Way(name: "", acceleration: AccelerationSettings(rna)), epochs: 5)
        settings.batchSize = 50
        let trainer = try Trainer(network: network, training: data, validation: data, settings: settings)
        let history = try rna.makeState(count: network.parameters.layout.count, as: Float.self)
        let copy = try Network(graph: network.graph, parameters: network.parameters.copy())
        var events = TrainingEvents()
        events.finishedEpoch = { state in
            let gradient = LinearReference(copy, data).gradient.map { Float($0) }
            copy.parameters.values.assign(state.parameters.values)
            try history.push(Array(state.parameters.values.elements), residual: gradient)
            let expected = try history.extrapolated()
            guard state.bestAccelerated?.epoch == state.epoch, let best = state.bestAccelerated else { return }
            for (a, b) in zip(best.parameters.elements, expected) { #expect(abs(a - b) < 1e-4) }
        }
        try trainer.run(events)
        #expect((trainer.state.bestAccelerated?.epoch ?? 0) > 2)
    }

    @Test func onlineAWorseProposalIsNotTaken() throws {
        let plain = try shortTrainer(shortSettings(epochs: 3))
        try plain.run()
        for method in [FixedProposal(), FixedProposal(fill: 3e38)] {
            let way = Way(name: "", acceleration: AccelerationSettings(method, mode: .online))
            let trainer = try shortTrainer(shortSettings(Rule.all[1], way))
            try trainer.run()
            #expect(trainer.state.history.map(\.proposal) == ["worse", "worse", "worse"])
            #expect(Plain(trainer.state) == Plain(plain.state))
        }
    }

    @Test func onlineABetterOrEqualProposalIsTaken() throws {
        // The point itself is no worse than itself.
        let same = Way(name: "", acceleration: AccelerationSettings(FixedProposal(scale: 1), mode: .online))
        let trainer = try shortTrainer(shortSettings(Rule.all[1], same))
        try trainer.run()
        #expect(trainer.state.history.map(\.proposal) == ["accepted", "accepted", "accepted"])
        // Softmax regression far from done is surer, and better, if its weights are half as large again.
        let larger = Way(name: "", acceleration: AccelerationSettings(FixedProposal(scale: 1.5), mode: .online))
        let moved = try shortTrainer(shortSettings(Rule.all[0], larger), network: Networks.linear())
        var events = TrainingEvents()
        var before: [Float] = []
        events.stepped = { _ in before = Array(moved.state.parameters.values.elements) }
        events.finishedEpoch = { state in
            #expect(state.history.last?.proposal == "accepted")
            #expect(state.parameters.values.elements.elementsEqual(before.map { 1.5 * $0 }))
        }
        try moved.run(events)
        #expect(moved.state.history.allSatisfy { ($0.acceleratedLoss ?? .nan) < $0.loss })
    }

    @Test func aRuleWhoseIterateDiffersGoesOnAsItDidFromItsOwnIterate() throws {
        let rule = try #require(Rule.all.first { $0.optimizer.iterateDiffers })
        let plain = try shortTrainer(shortSettings(rule, epochs: 4))
        try plain.run()
        let same = Way(name: "", acceleration: AccelerationSettings(FixedProposal(scale: 1), mode: .online))
        let trainer = try shortTrainer(shortSettings(rule, same, epochs: 4))
        try trainer.run()
        #expect(trainer.state.history.map(\.proposal) == Array(repeating: "accepted", count: 4))
        for (moved, own) in zip(trainer.state.history, plain.state.history) {
            #expect(abs(moved.loss - own.loss) < 1e-4 * own.loss)
        }
    }

    @Test func standingStillIsSaid() throws {
        var settings = shortSettings(Rule.all[0], Way.all[1])
        settings.learningRate = 0
        let trainer = try shortTrainer(settings, network: Networks.linear())
        try trainer.run()
        #expect(trainer.state.history.map(\.proposal) == ["zero-residuals", "zero-residuals", "zero-residuals"])
        #expect(trainer.state.history.allSatisfy { $0.acceleratedLoss == nil && $0.acceleratedAccuracy == nil })
        #expect(trainer.state.bestAccelerated?.evaluation == nil && trainer.state.bestAccelerated?.epoch == 0)
    }

    @Test func theBestOfEachKindIsKept() throws {
        let trainer = try shortTrainer(shortSettings(Rule.all[1], Way.all[1], epochs: 8))
        let evaluator = try Self.evaluator(Networks.normalized())
        try trainer.run()
        let state = trainer.state
        let best = try #require(state.best.evaluation)
        #expect(try evaluator.evaluate(state.best.parameters) == best)
        #expect(best.accuracy == state.history.map(\.accuracy).max())
        let most = state.history.filter { $0.accuracy == best.accuracy }
        #expect(best.loss == most.map(\.loss).min())
        let accelerated = try #require(state.bestAccelerated)
        #expect(try evaluator.evaluate(accelerated.parameters) == accelerated.evaluation)
        #expect(accelerated.evaluation?.accuracy == state.history.compactMap(\.acceleratedAccuracy).max())
    }

    @Test func withoutAnAcceleratorThereIsNothingExtrapolated() throws {
        let trainer = try shortTrainer()
        try trainer.run()
        #expect(trainer.state.bestAccelerated == nil)
        #expect(trainer.state.history.allSatisfy { $0.proposal == nil && $0.acceleratedLoss == nil })
    }
}
