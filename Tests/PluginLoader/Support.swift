import Accelerators
import Buffers
import CTestPlugins
import Optimizers
import PluginLoader
import Testing

/// All tests of plugins, one after the other: the test plugin keeps one log.
@Suite(.serialized) struct PluginTests {}

/// The test plugin, taken once for the process, and its log.
enum TestPlugin {
    static let loaded = Result { try PluginLoader.shared.add(test_plugin()) }

    /// Clears the log and makes sure that the plugin is there.
    static func begin() throws {
        _ = try loaded.get()
        test_plugin_forget()
    }

    static var log: UnsafeMutablePointer<test_plugin_log> { test_plugin_state() }

    static func rule(_ settings: [String: Double] = [:], _ name: String = "test-descent") throws -> any Optimizer {
        try OptimizerTable.make(name, settings: settings)
    }

    static func acceleration<Element: Scalar>(
        _ settings: [String: Double] = [:], count: Int = 4, gradients: Int = 3, mode: AccelerationMode = .offline,
        as type: Element.Type = Float.self
    ) throws -> Acceleration<Element> {
        try Acceleration(
            AcceleratorTable.make("test-scale", settings: settings), mode: mode, count: count, gradientCount: gradients)
    }
}

/// Takes a step from θ with gradient g; returns the next θ.
func step<Element: Scalar>(
    _ rule: any Optimizer, _ state: OptimizerState<Element>, _ theta: [Element], _ g: [Element], rate: Double = 0.5,
    workers: Workers = .serial
) throws -> [Element] {
    let parameters = try AlignedBuffer(theta)
    let gradient = try AlignedBuffer(g)
    try rule.step(
        StepContext(
            parameters: parameters.mutableElements, gradient: gradient.elements, loss: 1.5, learningRate: rate,
            stepsPerEpoch: 7), state: state, workers: workers)
    return Array(parameters.elements)
}

/// What a state would be saved as.
func saved<State: SerializableState>(
    _ state: State
) throws -> (vectors: [String: [State.Element]], numbers: [String: [Double]]) {
    try state.capture()
    return (
        Dictionary(uniqueKeysWithValues: state.vectors.map { ($0.name, Array($0.elements)) }),
        Dictionary(uniqueKeysWithValues: state.numbers.map { ($0.name, $0.values) })
    )
}

/// Restores what ``saved(_:)`` gave.
func restore<State: SerializableState>(
    _ state: State, _ saved: (vectors: [String: [State.Element]], numbers: [String: [Double]])
) throws {
    let buffers = try saved.vectors.mapValues { try AlignedBuffer($0) }
    try withExtendedLifetime(buffers) {
        try state.restore(vectors: buffers.mapValues(\.elements), numbers: saved.numbers)
    }
}
