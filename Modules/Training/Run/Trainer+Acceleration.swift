import Accelerators
import Buffers

/// What came of an accelerator's proposal after an epoch.
struct Extrapolation {
    /// How the extrapolated network did on the validation data; `nil` if it was not measured.
    var evaluation: Evaluation?
    /// What became of the proposal; `nil` without an accelerator.
    var outcome: Proposal?
    /// What the accelerator proposed from; `nil` if it proposed nothing.
    var diagnostics: Diagnostics?
}

extension Trainer {
    /// Tells the accelerator of the epoch's end and measures what it proposes; online, moves θ there.
    func extrapolate(
        from plain: ParameterStore<Float>, _ evaluation: Evaluation, epoch: Int
    ) throws -> Extrapolation {
        var extrapolation = Extrapolation()
        guard let acceleration = state.acceleration, let plan = settings.acceleration else { return extrapolation }
        let workers = settings.workers
        var objective: Double?
        if try acceleration.endEpoch(at: plain.values.elements, workers: workers) == .accepted {
            try complete(acceleration.proposal)
            if plan.guarding != .none {
                let own = try objectives.map { try $0.evaluate(plain.values).loss } ?? evaluation.loss
                extrapolation.evaluation = try choose(acceleration, against: own)
                objective = own
            } else {
                extrapolation.evaluation = try evaluator.evaluate(acceleration.proposal)
            }
            if let evaluation = extrapolation.evaluation {
                state.bestAccelerated?.offer(acceleration.proposal, evaluation, epoch: epoch)
            }
        }
        // A restart forgets what was combined.
        if acceleration.outcome != .deferred { extrapolation.diagnostics = acceleration.diagnostics }
        let outcome = try acceleration.decide(
            plain: objective, moving: plain.values.mutableElements, workers: workers)
        extrapolation.outcome = outcome
        // θ is another point than the iterate with some rules.
        if outcome == .accepted, plan.mode != .offline, plain !== state.parameters {
            state.parameters.values.assign(plain.values)
            settings.optimizer.adoptIterate(state.parameters.trainable, state: state.optimizer, workers: workers)
        }
        return extrapolation
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
