import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// The accelerators of all plugins.
let acceleratorSlots = Slots<AcceleratorDefinition>()

/// An accelerator of a plugin.
struct LoadedAccelerator<Place: Slot>: Accelerator {
    private static var definition: AcceleratorDefinition { acceleratorSlots[Place.self] }

    static var name: String { definition.declaration.name }
    static var summary: String { definition.declaration.summary }
    static var settings: [Setting] { definition.declaration.settings }

    private let definition: AcceleratorDefinition
    private let given: [Double]

    init(_ values: SettingValues) throws(SettingError) {
        definition = Self.definition
        given = definition.declaration.settings.map { values[$0] }
    }

    var values: [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(definition.declaration.settings.map(\.name), given))
    }

    var needsMeanGradient: Bool { definition.functions.flags & UInt32(SLIP_PLUGIN_MEAN_GRADIENT) != 0 }

    func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        guard count >= 0 else { throw .wrongCount(what: "point", expected: 0, found: count) }
        guard 0...count ~= gradientCount else {
            throw .wrongCount(what: "gradient", expected: count, found: gradientCount)
        }
        let layout = VectorLayout(count: count, gradientCount: gradientCount, segments: [])
        return try LoadedAcceleratorState<Element>(
            definition, layout, PluginMemory(definition.declaration, layout, values: given))
    }
}
