import Buffers
import CSlipstream
import Optimizers

/// What a method of a plugin remembers in a run: a state that is made when it is first needed.
final class PluginMemory<Element: Scalar>: OpaqueState {
    private let declaration: MethodDeclaration
    private let layout: VectorLayout
    private var values: [Double]
    private var made: PluginState?

    /// - Parameter values: those of the settings, in the order of their declaration.
    init(_ declaration: MethodDeclaration, _ layout: VectorLayout, values: [Double]) {
        self.declaration = declaration
        self.layout = layout
        self.values = values
    }

    /// The state, with the settings that it has.
    func state() throws(CallFailure) -> PluginState {
        if let made { return made }
        let state = try fresh()
        made = state
        return state
    }

    /// The state, with settings that a later stage of a run may have changed.
    func state(with values: [Double]) throws(CallFailure) -> PluginState {
        if values != self.values {
            if let made { try made.set(values, but: self.values) }
            self.values = values
        }
        return try state()
    }

    private func fresh() throws(CallFailure) -> PluginState {
        let state = try PluginState(declaration, layout, as: Element.self)
        try state.set(values, but: nil)
        return state
    }

    func save() throws(StateError) -> StateBlock<Element> {
        do {
            let state = try state()
            guard let save = declaration.calls.save else { return try StateBlock(size: 0) }
            var size = 0
            try state.check(save(state.pointer, nil, 0, &size))
            guard size >= 0 else {
                throw CallFailure("it says that it needs more than 2^63 bytes (plugin \(declaration.origin))")
            }
            let block = try StateBlock<Element>(size: size)
            var written = size
            try state.check(save(state.pointer, block.bytes.baseAddress, size, &written))
            guard written == size else {
                throw CallFailure(
                    "it asked for a block of \(size) bytes and wrote \(written) (plugin \(declaration.origin))")
            }
            return block
        } catch let error as AllocationError { throw .allocation(error) } catch { throw failed("save", error) }
    }

    func load(_ block: StateBlock<Element>) throws(StateError) {
        do {
            // Into a state of its own: if the plugin refuses the block, nothing has changed.
            let state = try fresh()
            if let load = declaration.calls.load {
                try state.check(load(state.pointer, block.bytes.baseAddress, block.size))
            } else if block.size > 0 {
                throw CallFailure("it remembers nothing, and the block has \(block.size) bytes")
            }
            made = state
        } catch { throw failed("load", error) }
    }

    func reset() {
        guard let made else { return }
        // One that cannot be reset is destroyed; the next call makes another.
        if declaration.calls.reset?(made.pointer) != CInt(SLIP_PLUGIN_OK) { self.made = nil }
    }

    private func failed(_ action: String, _ error: any Error) -> StateError {
        let reason = (error as? CallFailure)?.reason ?? "\(error)"
        return .failed("the \(declaration.kind) \(declaration.name) failed to \(action) its state: \(reason)")
    }
}
