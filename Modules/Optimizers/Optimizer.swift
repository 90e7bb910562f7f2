import Buffers

/// What an optimizer is given at one step.
public struct StepContext<Element: Scalar> {
    /// θ's trainable part: the point that the gradient was taken at; the rule writes the next point here.
    public let parameters: UnsafeMutableBufferPointer<Element>
    /// g, the loss's gradient at `parameters`, as long as they are.
    public let gradient: UnsafeBufferPointer<Element>
    /// The loss at `parameters`; most rules do not read it.
    public let loss: Double
    /// η, finite and at least 0.
    public let learningRate: Double
    /// How many steps make an epoch, at least 1: what rules measure durations in that are given in epochs.
    public let stepsPerEpoch: Int
    /// Factors of η for parts of θ; `nil` for none.
    public let multipliers: RateMultipliers?

    /// Names what a step reads and writes.
    ///
    /// - Parameters:
    ///   - parameters: θ's trainable part.
    ///   - gradient: the loss's gradient there.
    ///   - loss: the loss there.
    ///   - learningRate: η.
    ///   - stepsPerEpoch: how many steps make an epoch; values below 1 count as 1. By default every step is an epoch, as
    ///     where the gradient is that of all data.
    ///   - multipliers: factors of η for parts of θ, made for the state's layout; only for rules that have no
    ///     ``Optimizer/multiplierObstacle``.
    public init(
        parameters: UnsafeMutableBufferPointer<Element>, gradient: UnsafeBufferPointer<Element>, loss: Double,
        learningRate: Double, stepsPerEpoch: Int = 1, multipliers: RateMultipliers? = nil
    ) {
        self.parameters = parameters
        self.gradient = gradient
        self.loss = loss
        self.learningRate = learningRate
        self.stepsPerEpoch = max(1, stepsPerEpoch)
        self.multipliers = multipliers
    }
}

/// An update rule on flat buffers: a value of settings, applied to a state that the caller owns.
///
/// A rule writes `update` and, if it remembers anything, `makeState`. Callers use ``step(_:state:workers:)``:
///
///     let rule = try SGD(momentum: 0.9)
///     let state = try rule.makeState(for: layout, as: Float.self)
///     for batch in batches {
///         rule.displace(store.trainable, state: state, workers: workers)
///         let loss = gradient(batch, at: store, into: g)
///         let context = StepContext(
///             parameters: store.trainable, gradient: g.elements, loss: loss, learningRate: 0.1)
///         try rule.step(context, state: state, workers: workers)
///     }
public protocol Optimizer: Configurable {
    /// Whether steps depend on ``StepContext/learningRate``. A rule that finds its own step length says so here, and tells
    /// it as the number `step-size` of its state.
    static var usesLearningRate: Bool { get }

    /// Whether gradients are wanted at another point than θ, so that a step has to be preceded by
    /// ``displace(_:state:workers:)``.
    static var displaces: Bool { get }

    /// Names of the state's numbers that are worth telling at every step.
    static var reported: [String] { get }

    /// Why parts of θ cannot have learning rates of their own, as a clause; `nil` for a rule that applies
    /// ``StepContext/multipliers``.
    static var multiplierObstacle: String? { get }

    /// Makes the state before the first step.
    func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element>

    /// Writes the next point and the next state. Arguments are checked; `state.steps` is the number of steps before this.
    ///
    /// - Throws: ``OptimizerError/failed(rule:step:reason:)`` where a plugin's rule cannot go on; the rules of this module
    ///   throw nothing.
    func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) throws(OptimizerError)

    /// Moves θ to where the next gradient is wanted; most rules leave it where it is. The following step starts from
    /// there and undoes the move.
    func displace<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers)

    /// Whether the point to evaluate and save is another one than θ, so that ``readIterate(from:into:state:workers:)``
    /// has to be asked for it.
    var iterateDiffers: Bool { get }

    /// Writes the point to evaluate and save: a copy of θ for most rules.
    func readIterate<Element: Scalar>(
        from parameters: UnsafeBufferPointer<Element>, into iterate: UnsafeMutableBufferPointer<Element>,
        state: OptimizerState<Element>, workers: Workers)

    /// Makes an iterate that came from elsewhere, such as an extrapolation, the point that steps go on from: θ holds the
    /// iterate, and then where the rule stands for it. The inverse of ``readIterate(from:into:state:workers:)``; most rules
    /// leave θ where it is.
    func adoptIterate<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers)
}

extension Optimizer {
    /// True.
    public static var usesLearningRate: Bool { true }

    /// False: gradients are wanted at θ.
    public static var displaces: Bool { false }

    /// None.
    public static var reported: [String] { [] }

    /// A rule that says nothing of it, such as a plugin's, does not apply them.
    public static var multiplierObstacle: String? { "it knows one learning rate only" }

    /// A state with no vectors.
    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: Self.name, layout: layout)
    }

    /// Leaves θ where it is.
    public func displace<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers
    ) {}

    /// False: θ is the iterate.
    public var iterateDiffers: Bool { false }

    /// Copies θ.
    public func readIterate<Element: Scalar>(
        from parameters: UnsafeBufferPointer<Element>, into iterate: UnsafeMutableBufferPointer<Element>,
        state: OptimizerState<Element>, workers: Workers
    ) {
        precondition(parameters.count == iterate.count, "\(parameters.count) and \(iterate.count) elements")
        workers.split(parameters.count, grain: Updates.grain) { range, _ in
            _ = iterate[range].update(fromContentsOf: parameters[range])
        }
    }

    /// Leaves θ where it is.
    public func adoptIterate<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers
    ) {}

    /// Makes the state for one unnamed vector of `count` weights.
    ///
    /// - Throws: ``OptimizerError/wrongCount(what:expected:found:)`` for a negative count,
    ///   ``OptimizerError/allocation(_:)`` if memory is short.
    public func makeState<Element: Scalar>(
        count: Int, as type: Element.Type
    ) throws(OptimizerError) -> OptimizerState<Element> {
        guard let layout = try? ParameterLayout([(name: "parameters", shape: [count], kind: .weight)]) else {
            throw .wrongCount(what: "parameters", expected: 0, found: count)
        }
        do { return try makeState(for: layout, as: type) } catch { throw .allocation(error) }
    }

    /// Takes one step: checks the arguments, applies the rule, counts the step.
    ///
    /// - Throws: ``OptimizerError``, having changed nothing, for buffers of other lengths than the state's, a state of
    ///   another rule, a learning rate that is negative or not finite, or multipliers for a rule that does not apply them. ``OptimizerError/failed(rule:step:reason:)`` where
    ///   a plugin's rule cannot go on: θ and the state are then not to be used any more.
    public func step<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) throws(OptimizerError) {
        guard state.rule == Self.name else { throw .foreignState(rule: Self.name, found: state.rule) }
        let count = state.layout.trainableCount
        guard context.parameters.count == count else {
            throw .wrongCount(what: "parameters", expected: count, found: context.parameters.count)
        }
        guard context.gradient.count == count else {
            throw .wrongCount(what: "gradient", expected: count, found: context.gradient.count)
        }
        guard context.learningRate.isFinite, context.learningRate >= 0 else {
            throw .badLearningRate("\(context.learningRate)")
        }
        if let multipliers = context.multipliers {
            if let reason = Self.multiplierObstacle {
                throw .multipliers(.unsupported(rule: Self.name, reason: reason))
            }
            guard multipliers.count == count else {
                throw .wrongCount(what: "learning-rate multipliers", expected: count, found: multipliers.count)
            }
        }
        try update(context, state: state, workers: workers)
        state.steps += 1
    }
}
