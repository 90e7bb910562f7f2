import CSlipstream
import Optimizers

/// What a plugin says of itself, once all of it is found to be right.
struct PluginContents {
    let name: String
    let version: String
    let optimizers: [OptimizerDefinition]
    let accelerators: [AcceleratorDefinition]
}

/// Reads a plugin's structures and checks them, the version first.
enum PluginReader {
    /// - Throws: ``PluginRefusal`` for the first thing that is wrong.
    static func read(_ pointer: UnsafePointer<slip_plugin>) throws(PluginRefusal) -> PluginContents {
        let version = UnsafeRawPointer(pointer).load(as: UInt32.self)
        guard version == SLIP_PLUGIN_ABI_VERSION else { throw .wrongVersion(found: version) }
        let sizeAt = MemoryLayout<slip_plugin>.offset(of: \.size) ?? 0
        let plugin = try PluginText.readStructure(pointer, sizeAt: sizeAt, of: "slip_plugin")
        let name = try PluginText.readName(plugin.name, of: "slip_plugin")
        let own = try PluginText.read(plugin.version, "version", of: name)
        guard own.utf8.count <= PluginText.longestName else { throw .badText(owner: name, member: "version") }
        let origin = "\(name) \(own)"
        var optimizers: [OptimizerDefinition] = []
        for pointer in try PluginText.readList(plugin.optimizers, plugin.optimizer_count, "optimizers", of: name) {
            optimizers.append(try readOptimizer(pointer, origin: origin, index: optimizers.count))
        }
        var accelerators: [AcceleratorDefinition] = []
        for pointer in try PluginText.readList(
            plugin.accelerators, plugin.accelerator_count, "accelerators", of: name)
        {
            accelerators.append(try readAccelerator(pointer, origin: origin, index: accelerators.count))
        }
        guard !optimizers.isEmpty || !accelerators.isEmpty else { throw .empty }
        return PluginContents(name: name, version: own, optimizers: optimizers, accelerators: accelerators)
    }

    private static func readOptimizer(
        _ pointer: UnsafePointer<slip_plugin_optimizer>, origin: String, index: Int
    ) throws(PluginRefusal) -> OptimizerDefinition {
        let place = "optimizers[\(index)]"
        let functions = try PluginText.readStructure(pointer, of: place)
        let name = try PluginText.readName(functions.name, of: place)
        let owner = "optimizer '\(name)'"
        try PluginText.check(functions.flags, known: SLIP_PLUGIN_OWN_STEP_LENGTH, of: owner)
        let calls = StateCalls(functions)
        try check(calls, owner)
        try need(functions.step_f32, "step_f32", owner)
        try together([("create_f64", functions.create_f64 != nil), ("step_f64", functions.step_f64 != nil)], owner)
        let declaration = MethodDeclaration(
            kind: "optimizer", name: name, summary: try PluginText.read(functions.summary, "summary", of: owner),
            settings: try settings(functions.settings, functions.setting_count, calls, owner), origin: origin,
            calls: calls)
        return OptimizerDefinition(declaration: declaration, functions: functions)
    }

    private static func readAccelerator(
        _ pointer: UnsafePointer<slip_plugin_accelerator>, origin: String, index: Int
    ) throws(PluginRefusal) -> AcceleratorDefinition {
        let place = "accelerators[\(index)]"
        let functions = try PluginText.readStructure(pointer, of: place)
        let name = try PluginText.readName(functions.name, of: place)
        let owner = "accelerator '\(name)'"
        try PluginText.check(functions.flags, known: SLIP_PLUGIN_MEAN_GRADIENT, of: owner)
        let calls = StateCalls(functions)
        try check(calls, owner)
        try need(functions.observe_f32, "observe_f32", owner)
        try need(functions.propose_f32, "propose_f32", owner)
        try need(functions.fill, "fill", owner)
        try together(
            [
                ("create_f64", functions.create_f64 != nil), ("observe_f64", functions.observe_f64 != nil),
                ("propose_f64", functions.propose_f64 != nil),
            ], owner)
        if functions.create_f64 != nil {
            try together(
                [("start_f32", functions.start_f32 != nil), ("start_f64", functions.start_f64 != nil)], owner)
        }
        let declaration = MethodDeclaration(
            kind: "accelerator", name: name, summary: try PluginText.read(functions.summary, "summary", of: owner),
            settings: try settings(functions.settings, functions.setting_count, calls, owner), origin: origin,
            calls: calls)
        return AcceleratorDefinition(declaration: declaration, functions: functions)
    }

    private static func check(_ calls: StateCalls, _ owner: String) throws(PluginRefusal) {
        try need(calls.createSingle, "create_f32", owner)
        try need(calls.destroy, "destroy", owner)
        try together([("save", calls.save != nil), ("load", calls.load != nil)], owner)
    }

    private static func need<Function>(
        _ function: Function?, _ member: String, _ owner: String
    ) throws(PluginRefusal) {
        if function == nil { throw .missing(owner: owner, member: member) }
    }

    /// Checks that all of these are there, or none.
    private static func together(
        _ members: [(name: String, isThere: Bool)], _ owner: String
    ) throws(PluginRefusal) {
        guard let present = members.first(where: \.isThere), let missing = members.first(where: { !$0.isThere }) else {
            return
        }
        throw .incomplete(owner: owner, present: present.name, missing: missing.name)
    }

    private static func settings(
        _ list: UnsafePointer<UnsafePointer<slip_plugin_setting>?>?, _ count: Int, _ calls: StateCalls, _ owner: String
    ) throws(PluginRefusal) -> [Setting] {
        var settings: [Setting] = []
        for pointer in try PluginText.readList(list, count, "settings", of: owner) {
            let setting = try readSetting(pointer, "\(owner), settings[\(settings.count)]", owner)
            if settings.contains(where: { $0.name == setting.name }) {
                throw .nameTaken(kind: "setting", name: setting.name, owner: "\(owner) declares it twice")
            }
            settings.append(setting)
        }
        if !settings.isEmpty, calls.set == nil { throw .missing(owner: owner, member: "set") }
        return settings
    }

    private static func readSetting(
        _ pointer: UnsafePointer<slip_plugin_setting>, _ place: String, _ method: String
    ) throws(PluginRefusal) -> Setting {
        let declared = try PluginText.readStructure(pointer, of: place)
        let name = try PluginText.readName(declared.name, of: place)
        let owner = "\(method), setting '\(name)'"
        let summary = try PluginText.read(declared.summary, "summary", of: owner)
        guard declared.reserved == 0 else { throw .reservedMember(owner: owner, value: declared.reserved) }
        try PluginText.check(
            declared.flags, known: SLIP_PLUGIN_WHOLE | SLIP_PLUGIN_ABOVE_LEAST | SLIP_PLUGIN_BELOW_GREATEST, of: owner)
        func has(_ flag: Int) -> Bool { declared.flags & UInt32(flag) != 0 }
        let (least, greatest) = (declared.least, declared.greatest)
        guard least.isFinite, greatest >= least else {
            throw .badRange(
                owner: owner,
                reason: "the bounds are \(least) and \(greatest); the lower one must be finite, and not above")
        }
        if has(SLIP_PLUGIN_WHOLE) {
            guard Int(exactly: least) != nil, Int(exactly: greatest) != nil, max(-least, greatest) <= 0x1p53 else {
                throw .badRange(
                    owner: owner,
                    reason: "the bounds are \(least) and \(greatest), but must be whole numbers up to 2^53 either way")
            }
        }
        let range = SettingRange.interval(
            least, greatest, includesLower: !has(SLIP_PLUGIN_ABOVE_LEAST),
            includesUpper: greatest.isFinite && !has(SLIP_PLUGIN_BELOW_GREATEST), isWhole: has(SLIP_PLUGIN_WHOLE))
        guard range.contains(declared.standard) else {
            throw .badRange(owner: owner, reason: "the standard value is \(declared.standard), but must be \(range)")
        }
        return Setting(name, standard: declared.standard, range: range, summary: summary)
    }
}
