import Accelerators
import Buffers

extension Trainer {
    /// Tells the accelerator of the epoch's end and measures what it proposes; online, moves θ there.
    func extrapolate(
        from plain: ParameterStore<Float>, _ evaluation: Evaluation, epoch: Int
    ) throws -> (Evaluation?, Proposal?) {
        guard let acceleration = state.acceleration, let plan = settings.acceleration else { return (nil, nil) }
        let workers = settings.workers
        var accelerated: Evaluation?
        var objective: Double?
        if try acceleration.endEpoch(at: plain.values.elements, workers: workers) == .accepted {
            try complete(acceleration.proposal)
            if plan.guarding != .none {
                let own = try objectives.map { try $0.evaluate(plain.values).loss } ?? evaluation.loss
                accelerated = try choose(acceleration, against: own)
                objective = own
            } else {
                accelerated = try evaluator.evaluate(acceleration.proposal)
            }
            if let accelerated { state.bestAccelerated?.offer(acceleration.proposal, accelerated, epoch: epoch) }
        }
        let outcome = try acceleration.decide(
            plain: objective, moving: state.parameters.values.mutableElements, workers: workers)
        return (accelerated, outcome)
    }

    /// Measures what the accelerator proposes until it settles, and returns the result on the validation data; nil if
    /// nothing was better than the run's own point.
    private func choose(_ acceleration: Acceleration<Float>, against own: Double) throws -> Evaluation? {
        var measured = 0
        var last: Evaluation
        repeat {
            if measured > 0 { try complete(acceleration.proposal) }
            last = try (objectives ?? evaluator).evaluate(acceleration.proposal)
            measured += 1
        } while try acceleration.refine(plain: own, proposed: last.loss, workers: settings.workers)
        guard acceleration.outcome == .accepted else { return nil }
        // What was measured last need not be what was chosen.
        if measured > 1 { try complete(acceleration.proposal) }
        return measured > 1 || objectives != nil ? try evaluator.evaluate(acceleration.proposal) : last
    }

    /// Makes a network of a combination of weights: with the run's frozen zeros, and with statistics of its own if wanted.
    private func complete(_ proposal: AlignedBuffer<Float>) throws {
        let trainable = proposal.mutableElements[..<state.parameters.layout.trainableCount]
        // Older points of the window may lack zeros that have been frozen since. What goes on from here must have them:
        // a resumed run knows them by nothing else.
        frozenZeros?.apply(to: UnsafeMutableBufferPointer(rebasing: trainable), workers: settings.workers)
        try statistics?.estimate(proposal)
    }
}
