import Accelerators
import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// What decides on proposals, and what becomes of batch normalisation's statistics.
@Suite struct AccelerationChoiceTests {
    static let compiler = Compiler(backends: allBackends, workers: Workers(2))

    @Test func withoutAGuardEveryProposalIsTaken() throws {
        let settings = AccelerationSettings(FixedProposal(), mode: .online, guarding: .none)
        let trainer = try shortTrainer(shortSettings(Rule.all[0], Way(name: "", acceleration: settings)))
        var events = TrainingEvents()
        events.finishedEpoch = { state in
            #expect(state.history.last?.proposal == "accepted")
            #expect(state.history.last?.acceleratedLoss != nil)
            #expect(state.parameters.values.elements.allSatisfy { $0 == 0 })
        }
        try trainer.run(events)
    }

    @Test func theGuardMayBeTheTrainingLoss() throws {
        // What the network is trained on says the opposite of what it is validated on.
        let training = try digits(first: 60)
        let network = try Networks.linear()
        let evaluator = try Evaluator(
            Classifier(network.graph, imageShape: [1, 8, 8], compiler: Self.compiler), training, batchSize: 32)
        for guarding in [AccelerationSettings.Guard.training, .validation] {
            let way = Way(
                name: "",
                acceleration: AccelerationSettings(FixedProposal(scale: 1.5), mode: .online, guarding: guarding))
            let trainer = try shortTrainer(shortSettings(Rule.all[0], way), network: network, training: training)
            var events = TrainingEvents()
            var before: [Float] = []
            events.stepped = { _ in before = Array(trainer.state.parameters.values.elements) }
            events.finishedEpoch = { state in
                let metrics = try #require(state.history.last)
                let (plain, larger) = (
                    try evaluator.evaluate(AlignedBuffer(before)),
                    try evaluator.evaluate(AlignedBuffer(before.map { 1.5 * $0 }))
                )
                let isBetter =
                    guarding == .training
                    ? larger.loss <= plain.loss : (metrics.acceleratedLoss ?? .infinity) <= metrics.loss
                #expect(metrics.proposal == (isBetter ? "accepted" : "worse"))
            }
            try trainer.run(events)
        }
    }

    @Test func restartingMovesOnlyWhenTheWindowIsFull() throws {
        let way = Way(
            name: "", acceleration: AccelerationSettings(try RNA(window: 2), mode: .restart, guarding: .none))
        let trainer = try shortTrainer(shortSettings(Rule.all[0], way, epochs: 6))
        try trainer.run()
        #expect(
            trainer.state.history.map(\.proposal)
                == ["deferred", "accepted", "deferred", "accepted", "deferred", "accepted"])
        #expect(trainer.state.history.map { $0.acceleratedLoss != nil } == [false, true, false, true, false, true])
        #expect(trainer.state.history.map { $0.coefficients?.count ?? 0 } == [0, 2, 0, 2, 0, 2])
    }

    @Test func aGridFindsAPointThatIsNoWorseThanAnyOfItsOwn() throws {
        let way = Way(
            name: "", acceleration: AccelerationSettings(try RNA(window: 3, grid: .logarithmic, triesSteps: false)))
        let trainer = try shortTrainer(shortSettings(Rule.all[1], way, epochs: 5), network: Networks.linear())
        let layout = trainer.state.parameters.layout
        let evaluator = try Evaluator(
            Classifier(Networks.linear().graph, imageShape: [1, 8, 8], compiler: Self.compiler),
            digits(.test, first: 50), batchSize: 32)
        let history = try RNA(window: 3).makeState(count: layout.count, as: Float.self)
        try history.start(at: Array(trainer.state.parameters.values.elements))
        var events = TrainingEvents()
        var chosen = 0
        events.finishedEpoch = { state in
            let metrics = try #require(state.history.last)
            try history.push(Array(state.parameters.values.elements))
            let target = try AlignedBuffer<Float>(count: layout.count)
            var search = history.search(.logarithmic, lastObjective: metrics.loss, triesSteps: false)
            while let candidate = search.candidate {
                _ = try history.combine(candidate, into: MutableSegments(target.mutableElements))
                search.report(try evaluator.evaluate(target).loss)
            }
            #expect(metrics.proposal == (search.best == nil ? "worse" : "offered"))
            #expect(metrics.acceleratedLoss == (search.best == nil ? nil : search.bestObjective))
            if search.best != nil { chosen += 1 }
        }
        try trainer.run(events)
        #expect(chosen >= 1)
    }

    @Test func aGridWithoutAGuardIsRefused() throws {
        let way = Way(
            name: "", acceleration: AccelerationSettings(try RNA(grid: .logarithmic), guarding: .none))
        #expect(throws: TrainingError.self) { try shortTrainer(shortSettings(Rule.all[0], way)) }
    }

    /// The statistics of a network's first normalisation, as training tracks them in a step on these images.
    static func tracked(_ network: Network, _ data: any Dataset) throws -> [Double] {
        var settings = shortSettings(Rule.all[0], epochs: 1)
        (settings.learningRate, settings.batchSize) = (0, data.count)
        let trainer = try Trainer(network: network, training: data, validation: data, settings: settings)
        try trainer.run()
        let layout = network.parameters.layout
        // ONNX's momentum 0.9: what is tracked is a tenth of the batch's.
        return (layout.trainableCount..<layout.count).map { index in
            let (old, new) = (network.parameters.values.pointer[index], trainer.state.parameters.values.pointer[index])
            return (Double(new) - 0.9 * Double(old)) / 0.1
        }
    }

    @Test func reestimatedStatisticsAreTheMeansOverTheBatches() throws {
        let network = try Networks.normalized()
        let layout = network.parameters.layout
        let data = try digits(first: 60)
        let classifier = try Classifier(network.graph, imageShape: [1, 8, 8], compiler: Self.compiler)
        let parameters = try network.parameters.copy().values
        for index in layout.trainableCount..<layout.count { parameters.pointer[index] = 77 }
        try StatisticsEstimator(classifier, data, batchSize: 60, compiler: Self.compiler).estimate(parameters)
        let expected = try Self.tracked(network, data)
        #expect(expected.count == 8)
        for (index, value) in zip(layout.trainableCount..<layout.count, expected) {
            #expect(abs(Double(parameters.pointer[index]) - value) < 1e-5 * max(1, abs(value)))
        }
        for index in 0..<layout.trainableCount {
            #expect(parameters.pointer[index] == network.parameters.values.pointer[index])
        }
        // A batch of 45 images and one of 15: the mean of the means is that of all, since batches count by their images.
        let halves = try network.parameters.copy().values
        try StatisticsEstimator(classifier, data, batchSize: 45, compiler: Self.compiler).estimate(halves)
        for index in layout.trainableCount..<layout.trainableCount + 4 {
            #expect(abs(halves.pointer[index] - parameters.pointer[index]) < 1e-5)
        }
    }

    @Test func anExtrapolatedNetworksStatisticsMayBeReestimated() throws {
        let rna = try RNA(window: 3)
        func trainer(_ statistics: AccelerationSettings.Statistics) throws -> Trainer {
            let way = Way(
                name: "", acceleration: AccelerationSettings(rna, mode: .offline, statistics: statistics))
            return try shortTrainer(shortSettings(Rule.all[1], way, epochs: 4))
        }
        let (extrapolated, reestimated) = (try trainer(.extrapolate), try trainer(.reestimate))
        let layout = extrapolated.state.parameters.layout
        let network = try Networks.normalized()
        let estimator = try StatisticsEstimator(
            Classifier(network.graph, imageShape: [1, 8, 8], compiler: Self.compiler), digits(first: 90), batchSize: 16,
            compiler: Self.compiler)
        try extrapolated.run()
        try reestimated.run()
        #expect(extrapolated.state.parameters.values.bits == reestimated.state.parameters.values.bits)
        let best = try #require(reestimated.state.bestAccelerated)
        let again = try best.parameters.copy()
        for index in layout.trainableCount..<layout.count { again.pointer[index] = 0 }
        try estimator.estimate(again)
        #expect(again.bits == best.parameters.bits)
        #expect(
            extrapolated.state.history.map(\.acceleratedLoss) != reestimated.state.history.map(\.acceleratedLoss))
    }
}
