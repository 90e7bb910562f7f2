import Buffers
import CSlipstream
import Optimizers

/// What a `slip_optimizer_…` handle points to.
final class OptimizerHandle<Element: Scalar>: OwnedHandle {
    static var argument: String { "optimizer" }

    static var learningRate: Setting {
        Setting("learning-rate", standard: .nan, range: .from(0), summary: "How long a step is; it has to be set.")
    }
    static var stepsPerEpoch: Setting {
        Setting(
            "steps-per-epoch", standard: 1, range: .whole(1, 1 << 31),
            summary: "How many steps make an epoch, for parameters in epochs.")
    }

    /// Steps that were not taken because something was not finite.
    struct Refusals {
        var parameters = 0
        var gradient = 0
        var loss = 0
    }

    let type: any Optimizer.Type
    let layout: Layout
    let parameterLayout: ParameterLayout
    var parameters: Parameters
    var refusals = Refusals()
    var mask: ZeroMask<Element>?
    /// Whether the weights are where the next gradient is wanted, and not at the iterate.
    var isDisplaced = false
    /// η of the last step, where the rule takes one.
    var lastLearningRate = Double.nan
    var weightsScratch = Scratch<Element>()
    var gradientScratch = Scratch<Element>()
    /// The rule and its state, which are made when they are first needed; the rule again after a parameter has changed.
    var state: OptimizerState<Element>?
    private var rule: (any Optimizer)?

    init(_ type: any Optimizer.Type, _ layout: Layout) throws(Failure) {
        self.type = type
        self.layout = layout
        parameterLayout = try layout.parameterLayout()
        let countsEpochs = type.settings.contains { $0.name.hasSuffix("epochs") }
        parameters = Parameters(
            of: type.name,
            type.settings + (type.usesLearningRate ? [Self.learningRate] : [])
                + (countsEpochs ? [Self.stepsPerEpoch] : []) + [Parameters.threads])
    }

    var workers: Workers { parameters.workers }

    func makeRule(_ parameters: Parameters) throws(Failure) -> any Optimizer {
        do { return try type.init(settings: parameters.values(of: type.settings)) } catch { throw Failure(error) }
    }

    func makeState(of rule: any Optimizer) throws(Failure) -> OptimizerState<Element> {
        do { return try rule.makeState(for: parameterLayout, as: Element.self) } catch { throw Failure(error) }
    }

    /// The rule of the parameters as they are.
    var currentRule: any Optimizer {
        get throws(Failure) {
            if let rule { return rule }
            let made = try makeRule(parameters)
            if let state { try requireSameState(made, state) }
            rule = made
            return made
        }
    }

    /// The rule with its state.
    func prepare() throws(Failure) -> (rule: any Optimizer, state: OptimizerState<Element>) {
        let rule = try currentRule
        if let state { return (rule, state) }
        let made = try makeState(of: rule)
        state = made
        return (rule, made)
    }

    /// Checks that a rule remembers what a state holds.
    private func requireSameState(_ rule: any Optimizer, _ state: OptimizerState<Element>) throws(Failure) {
        guard let other = try? rule.makeState(count: 0, as: Element.self),
            other.vectors.map(\.name) == state.vectors.map(\.name)
        else {
            throw Failure(
                SLIP_WRONG_STATE,
                "\(type.name) needs another state with these parameters: what is 0 or off at the first step cannot be "
                    + "switched on later, nor off what is on")
        }
    }

    func set(_ name: UnsafePointer<CChar>?, _ value: Double) throws(Failure) -> slip_status {
        try parameters.set(name, value) { (setting, changed) throws(Failure) in
            guard type.settings.contains(setting) else { return }
            // A step that was refused leaves a state that holds nothing; the next one makes another.
            if state?.steps == 0, !isDisplaced { state = nil }
            // Parameters that do not go together yet may do so when the next one is set.
            if let state, let rule = try? makeRule(changed) { try requireSameState(rule, state) }
            rule = nil
        }
        return SLIP_OK
    }

    /// Takes over a saved rule, state and parameters.
    func replace(
        _ parameters: Parameters, _ state: OptimizerState<Element>?, _ mask: ZeroMask<Element>?, _ refusals: Refusals,
        isDisplaced: Bool
    ) {
        (self.parameters, self.state, self.mask, self.refusals) = (parameters, state, mask, refusals)
        self.isDisplaced = isDisplaced
        rule = nil
    }

    func thaw() -> slip_status {
        mask = nil
        return SLIP_OK
    }

    func reset() -> slip_status {
        state?.reset()
        isDisplaced = false
        return SLIP_OK
    }
}
