import Accelerators
import CTestPlugins
import Optimizers
import PluginLoader
import Testing

extension PluginTests {
    /// What is no plugin, and says why.
    @Suite struct Refusing {
        /// A change of a good plugin, and what its refusal says.
        struct Fault: CustomTestStringConvertible, Sendable {
            let change: @Sendable (UnsafeMutablePointer<slip_plugin>) -> Void
            let text: String
            var testDescription: String { text }

            init(_ text: String, _ change: @escaping @Sendable (UnsafeMutablePointer<slip_plugin>) -> Void) {
                (self.text, self.change) = (text, change)
            }
        }

        /// Texts that live as long as the process.
        static func text(_ text: String) -> UnsafePointer<CChar> {
            let bytes = Array(text.utf8CString)
            let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            memory.update(from: bytes, count: bytes.count)
            return UnsafePointer(memory)
        }

        static let faults: [Fault] =
            [
                Fault("version 0 of the plugin interface") { $0.pointee.abi_version = 0 },
                Fault("version 2 of the plugin interface") { $0.pointee.abi_version = 2 },
                Fault("slip_plugin: the structure's size is 0") { $0.pointee.size = 0 },
                Fault("slip_plugin: the structure's size is 18446744073709551615") { $0.pointee.size = -1 },
                Fault("slip_plugin: 'name' is null") { $0.pointee.name = nil },
                Fault("'version' is null") { $0.pointee.version = nil },
                Fault("'version' is empty") { $0.pointee.version = text("") },
                Fault("'version' is empty, longer") { $0.pointee.version = text(String(repeating: "1", count: 65)) },
                Fault("slip_plugin: 'Capital' is no name") { $0.pointee.name = text("Capital") },
                Fault("slip_plugin: '9th' is no name") { $0.pointee.name = text("9th") },
                Fault("is no name") { $0.pointee.name = text(String(repeating: "a", count: 65)) },
                Fault("'name' is empty") { $0.pointee.name = text(String(repeating: "a", count: 2000)) },
                Fault("neither an optimizer nor") {
                    ($0.pointee.optimizer_count, $0.pointee.accelerator_count) = (0, 0)
                },
                Fault("'optimizers' is null") { $0.pointee.optimizers = nil },
                Fault("'accelerators' is null") { $0.pointee.accelerators = nil },
                Fault("'optimizers' is 18446744073709551615; at most 256") { $0.pointee.optimizer_count = -1 },
                Fault("'accelerators' is 257; at most 256") { $0.pointee.accelerator_count = 257 },
                Fault("the name of its optimizer 'sgd' is taken") {
                    test_plugin_optimizer($0).pointee.name = text("sgd")
                },
                Fault("the name of its accelerator 'rna' is taken") {
                    test_plugin_accelerator($0).pointee.name = text("rna")
                },
                Fault("the name of its accelerator 'none' is taken") {
                    test_plugin_accelerator($0).pointee.name = text("none")
                },
                Fault("the name of its plugin 'test' is taken") { $0.pointee.name = text("test") },
            ] + optimizerFaults + acceleratorFaults + settingFaults

        static let optimizerFaults = [
            Fault("optimizers[0]: the structure's size is 8;") { test_plugin_optimizer($0).pointee.size = 8 },
            Fault("optimizers[0]: 'name' is null") { test_plugin_optimizer($0).pointee.name = nil },
            Fault("'summary' is null") { test_plugin_optimizer($0).pointee.summary = nil },
            Fault("the flags 0x6 have no meaning") { test_plugin_optimizer($0).pointee.flags = 6 },
            Fault("'create_f32' is null") { test_plugin_optimizer($0).pointee.create_f32 = nil },
            Fault("'step_f32' is null") { test_plugin_optimizer($0).pointee.step_f32 = nil },
            Fault("'create_f64' is there, but 'step_f64' is null") { test_plugin_optimizer($0).pointee.step_f64 = nil },
            Fault("'step_f64' is there, but 'create_f64' is null") {
                test_plugin_optimizer($0).pointee.create_f64 = nil
            },
            Fault("'destroy' is null") { test_plugin_optimizer($0).pointee.destroy = nil },
            Fault("'set' is null") { test_plugin_optimizer($0).pointee.set = nil },
            Fault("'save' is there, but 'load' is null") { test_plugin_optimizer($0).pointee.load = nil },
            Fault("'load' is there, but 'save' is null") { test_plugin_optimizer($0).pointee.save = nil },
            Fault("'settings' is null") { test_plugin_optimizer($0).pointee.settings = nil },
        ]

        static let acceleratorFaults = [
            Fault("accelerators[0]: the structure's size is 100000") {
                test_plugin_accelerator($0).pointee.size = 100_000
            },
            Fault("the flags 0x2 have no meaning") { test_plugin_accelerator($0).pointee.flags = 2 },
            Fault("'create_f32' is null") { test_plugin_accelerator($0).pointee.create_f32 = nil },
            Fault("'observe_f32' is null") { test_plugin_accelerator($0).pointee.observe_f32 = nil },
            Fault("'propose_f32' is null") { test_plugin_accelerator($0).pointee.propose_f32 = nil },
            Fault("'fill' is null") { test_plugin_accelerator($0).pointee.fill = nil },
            Fault("'destroy' is null") { test_plugin_accelerator($0).pointee.destroy = nil },
            Fault("but 'observe_f64' is null") { test_plugin_accelerator($0).pointee.observe_f64 = nil },
            Fault("but 'propose_f64' is null") { test_plugin_accelerator($0).pointee.propose_f64 = nil },
            Fault("'start_f32' is there, but 'start_f64' is null") {
                test_plugin_accelerator($0).pointee.start_f64 = nil
            },
        ]

        static let settingFaults = [
            Fault("settings[0]: the structure's size is 4;") { test_plugin_setting($0).pointee.size = 4 },
            Fault("settings[0]: 'name' is null") { test_plugin_setting($0).pointee.name = nil },
            Fault("'a b' is no name") { test_plugin_setting($0).pointee.name = text("a b") },
            Fault("setting 'factor': 'summary' is null") { test_plugin_setting($0).pointee.summary = nil },
            Fault("declares it twice") { test_plugin_setting($0).pointee.name = text("whole") },
            Fault("the flags 0x8 have no meaning") { test_plugin_setting($0).pointee.flags = 8 },
            Fault("'reserved' is 1, but must be 0") { test_plugin_setting($0).pointee.reserved = 1 },
            Fault("the lower one must be finite") { test_plugin_setting($0).pointee.least = -.infinity },
            Fault("the lower one must be finite") { test_plugin_setting($0).pointee.least = .nan },
            Fault("the lower one must be finite") { test_plugin_setting($0).pointee.greatest = .nan },
            Fault("the lower one must be finite") { test_plugin_setting($0).pointee.greatest = -1 },
            Fault("must be whole numbers") { test_plugin_setting($0).pointee.flags = UInt32(SLIP_PLUGIN_WHOLE) },
            Fault("the standard value is -1.0, but must be") { test_plugin_setting($0).pointee.standard = -1 },
            Fault("the standard value is nan, but must be") { test_plugin_setting($0).pointee.standard = .nan },
        ]

        @Test(arguments: Array(faults.enumerated().map { ($0.offset, $0.element) }))
        func aFaultyPluginIsRefusedAndNothingOfItIsRegistered(index: Int, fault: Fault) throws {
            try TestPlugin.begin()
            let before = (OptimizerTable.names, AcceleratorTable.names, PluginLoader.shared.loaded)
            let plugin = try #require(test_plugin_copy("faulty-\(index)"))
            fault.change(plugin)
            let error = #expect(throws: RefusedPlugin.self) { try PluginLoader.shared.add(plugin) }
            #expect(error?.description.contains(fault.text) == true, "\(error?.description ?? "")")
            #expect((OptimizerTable.names, AcceleratorTable.names) == (before.0, before.1))
            #expect(PluginLoader.shared.loaded == before.2)
        }

        @Test func withoutFaultsTheSamePluginIsTaken() throws {
            try TestPlugin.begin()
            let plugin = try #require(test_plugin_copy("sound"))
            // A later version's structures are longer.
            plugin.pointee.size += 64
            let loaded = try PluginLoader.shared.add(plugin)
            #expect(loaded.optimizers == ["sound-rule"])
            #expect(loaded.accelerators == ["sound-mean"])
            #expect(OptimizerTable.names.contains("sound-rule"))
            #expect(AcceleratorTable.names.contains("sound-mean"))
            #expect(PluginLoader.shared.owner(ofOptimizer: "sound-rule") == loaded)
            #expect(PluginLoader.shared.owner(ofAccelerator: "rna") == nil)
            // Each has its own name and settings, though both are made by the same code.
            let rule = try OptimizerTable.find("sound-rule")
            #expect(rule.settings.map(\.name) == ["factor", "whole"])
            #expect(try TestPlugin.rule().values == ["factor": 0.5, "whole": 2, "open": 0.5])
        }

        @Test(arguments: ["/nowhere/at/all.so", "", "/dev/null", "/etc/passwd", "/"])
        func whatIsNoLibraryIsRefused(path: String) {
            #expect(throws: RefusedPlugin.self) { try PluginLoader.shared.load(path) }
        }

        @Test func foldersThatAreNotThereAreListedOnceAndEmptyOnesLeftOut() {
            let count = PluginLoader.shared.refused.count
            for _ in 0..<2 { PluginLoader.shared.loadAll(in: "::/nowhere/at/all:") }
            let added = PluginLoader.shared.refused.dropFirst(count)
            #expect(
                added.map(\.description) == ["/nowhere/at/all: it cannot be read: No such file or directory"])
        }
    }
}
