import CSlipstream

/// A structure that a plugin makes and begins with its size.
protocol PluginStructure {
    /// Its size in the first release of this version of the interface, in bytes: what every plugin of the version has.
    static var firstSize: Int { get }

    /// All members zero.
    init()
}

extension slip_plugin: PluginStructure { static let firstSize = 64 }
extension slip_plugin_setting: PluginStructure { static let firstSize = 56 }
extension slip_plugin_optimizer: PluginStructure { static let firstSize = 128 }
extension slip_plugin_accelerator: PluginStructure { static let firstSize = 176 }
