import Buffers
import CSlipstream
import Optimizers

extension OptimizerHandle {
    /// A caller's weights as far as they have gradients.
    private func weights<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int
    ) throws(Failure) -> Pieces<Element> {
        try Pieces(array, number, "weights", expected: layout.count, of: layout.trainable)
    }

    /// The weights in one piece, which have to be finite.
    private func finite(_ weights: Pieces<Element>) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
        let theta = try weightsScratch.contiguous(weights, workers: workers)
        guard Scratch.allFinite(theta, workers: workers) else {
            refusals.parameters += 1
            throw Failure(SLIP_NOT_FINITE, "the weights have elements that are infinite or not a number")
        }
        return theta
    }

    func displace<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let weights = try weights(array, number)
        try requireDisjoint(writing: weights)
        guard !isDisplaced else {
            throw Failure(SLIP_WRONG_STATE, "the weights have been displaced already, and no step was taken since")
        }
        let (rule, state) = try prepare()
        guard type.displaces || mask != nil else { return SLIP_OK }
        let theta = try finite(weights)
        mask?.freeze(theta, workers: workers)
        rule.displace(theta, state: state, workers: workers)
        mask?.apply(to: theta, workers: workers)
        Scratch.hand(theta, to: weights, workers: workers)
        isDisplaced = type.displaces
        return SLIP_OK
    }

    func step<P: Piece<Element>, G: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, gradient: UnsafePointer<G>?, _ gradientNumber: Int, loss: Double
    ) throws(Failure) -> slip_status {
        let weights = try weights(array, number)
        let count = parameterLayout.trainableCount
        let gradient = try Pieces(gradient, gradientNumber, "gradient", expected: count, of: [0..<count])
        try requireDisjoint(writing: weights, reading: [gradient])
        guard isDisplaced || !type.displaces else {
            throw Failure(
                SLIP_WRONG_STATE,
                "\(type.name) takes gradients at displaced weights: call slip_optimizer_displace first")
        }
        let learningRate = type.usesLearningRate ? parameters[Self.learningRate] : 0
        guard !learningRate.isNaN else { throw Failure(SLIP_WRONG_STATE, "learning-rate has not been set") }
        let (rule, state) = try prepare()

        let theta = try finite(weights)
        // Frozen elements of the gradient become zero, which must not be seen by the caller.
        let g =
            try mask == nil
            ? gradientScratch.contiguous(gradient, workers: workers) : gradientScratch.copy(gradient, workers: workers)
        guard Scratch.allFinite(g, workers: workers) else {
            refusals.gradient += 1
            throw Failure(SLIP_NOT_FINITE, "the gradient has elements that are infinite or not a number")
        }
        guard loss.isFinite else {
            refusals.loss += 1
            throw Failure(SLIP_NOT_FINITE, "the loss is \(loss)")
        }
        mask?.freeze(theta, workers: workers)
        mask?.apply(to: g, workers: workers)
        let context = StepContext(
            parameters: theta, gradient: UnsafeBufferPointer(g), loss: loss, learningRate: learningRate,
            stepsPerEpoch: Int(parameters[Self.stepsPerEpoch]))
        do { try rule.step(context, state: state, workers: workers) } catch { throw Failure(error) }
        mask?.freeze(theta, workers: workers)
        Scratch.hand(theta, to: weights, workers: workers)
        isDisplaced = false
        lastLearningRate = type.usesLearningRate ? learningRate : .nan
        return SLIP_OK
    }

    func readIterate<P: Piece<Element>, T: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, into target: UnsafePointer<T>?, _ targetNumber: Int
    ) throws(Failure) -> slip_status {
        let all = layout.trainable + layout.statistics
        let source = try Pieces(array, number, "weights", expected: layout.count, of: all)
        let target = try Pieces(target, targetNumber, "iterate", expected: layout.count, of: all)
        try requireDisjoint(writing: target, reading: [source])
        guard !isDisplaced else {
            throw Failure(SLIP_WRONG_STATE, "the weights are displaced; the iterate can be read after the step")
        }
        let rule = try currentRule
        // The trainable part in one piece, then the statistics as they are.
        let theta = try weightsScratch.copy(source, workers: workers)
        let count = parameterLayout.trainableCount
        if let state, rule.iterateDiffers {
            let iterate = try gradientScratch.memory(count)
            rule.readIterate(
                from: UnsafeBufferPointer(rebasing: theta[..<count]), into: iterate, state: state, workers: workers)
            _ = theta[..<count].update(fromContentsOf: iterate)
        }
        Scratch.hand(theta, to: target, workers: workers)
        return SLIP_OK
    }
}
