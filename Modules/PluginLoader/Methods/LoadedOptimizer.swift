import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// The optimizers of all plugins.
let optimizerSlots = Slots<OptimizerDefinition>()

/// An optimizer of a plugin.
struct LoadedOptimizer<Place: Slot>: Optimizer {
    private static var definition: OptimizerDefinition { optimizerSlots[Place.self] }

    static var name: String { definition.declaration.name }
    static var summary: String { definition.declaration.summary }
    static var settings: [Setting] { definition.declaration.settings }
    static var usesLearningRate: Bool { definition.functions.flags & UInt32(SLIP_PLUGIN_OWN_STEP_LENGTH) == 0 }
    static var reported: [String] { usesLearningRate ? [] : [stepSize] }
    private static var stepSize: String { "step-size" }

    private let definition: OptimizerDefinition
    private let given: [Double]

    init(_ values: SettingValues) throws(SettingError) {
        definition = Self.definition
        given = definition.declaration.settings.map { values[$0] }
    }

    var values: [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(definition.declaration.settings.map(\.name), given))
    }

    func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        let count = layout.trainableCount
        let vectors = VectorLayout(
            count: count, gradientCount: count, segments: layout.segments.filter { $0.kind.isTrainable })
        return try OptimizerState(
            rule: definition.declaration.name, layout: layout,
            scalars: Self.reported.map { (name: $0, value: 0) },
            opaque: PluginMemory<Element>(definition.declaration, vectors, values: given))
    }

    func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) throws(OptimizerError) {
        let name = definition.declaration.name
        guard let memory = state.opaque as? PluginMemory<Element> else {
            throw .foreignState(rule: name, found: "another origin")
        }
        let length: Double
        do throws(CallFailure) {
            length = try step(try memory.state(with: given), context, steps: state.steps, threads: workers.count)
        } catch { throw .failed(rule: name, step: state.steps + 1, reason: error.reason) }
        if !Self.usesLearningRate { state[scalar: Self.stepSize] = length }
    }

    /// Has the plugin take a step; returns the step length that it tells.
    private func step<Element: Scalar>(
        _ state: PluginState, _ context: StepContext<Element>, steps: Int, threads: Int
    ) throws(CallFailure) -> Double {
        let (theta, g) = (UnsafeMutableRawPointer(context.parameters.baseAddress), context.gradient.baseAddress)
        let (done, perEpoch) = (UInt64(steps), UInt64(context.stepsPerEpoch))
        if Element.self == Float.self, let function = definition.functions.step_f32 {
            var step = slip_plugin_step_f32(
                size: MemoryLayout<slip_plugin_step_f32>.stride, parameters: theta?.assumingMemoryBound(to: Float.self),
                gradient: UnsafeRawPointer(g)?.assumingMemoryBound(to: Float.self), count: context.parameters.count,
                loss: context.loss, learning_rate: context.learningRate, step: done, steps_per_epoch: perEpoch,
                threads: UInt32(threads), step_length: 0)
            try state.check(function(state.pointer, &step))
            return step.step_length
        }
        guard Element.self == Double.self, let function = definition.functions.step_f64 else {
            throw CallFailure("it does not know double precision")
        }
        var step = slip_plugin_step_f64(
            size: MemoryLayout<slip_plugin_step_f64>.stride, parameters: theta?.assumingMemoryBound(to: Double.self),
            gradient: UnsafeRawPointer(g)?.assumingMemoryBound(to: Double.self), count: context.parameters.count,
            loss: context.loss, learning_rate: context.learningRate, step: done, steps_per_epoch: perEpoch,
            threads: UInt32(threads), step_length: 0)
        try state.check(function(state.pointer, &step))
        return step.step_length
    }
}

extension Slot {
    /// The optimizer in this slot.
    static var optimizer: any Optimizer.Type { LoadedOptimizer<Self>.self }

    /// The accelerator in this slot.
    static var accelerator: any Accelerator.Type { LoadedAccelerator<Self>.self }
}
