import Buffers
import CSlipstream
import Glibc

/// A state that a plugin made; destroyed with this object.
final class PluginState {
    let pointer: UnsafeMutableRawPointer
    let declaration: MethodDeclaration

    /// Has a state made for vectors of a layout.
    init<Element: Scalar>(
        _ declaration: MethodDeclaration, _ layout: VectorLayout, as type: Element.Type
    ) throws(CallFailure) {
        let calls = declaration.calls
        guard let create = type == Float.self ? calls.createSingle : calls.createDouble else {
            throw CallFailure("it does not know double precision (plugin \(declaration.origin))")
        }
        var made: UnsafeMutableRawPointer?
        let status = layout.withStructure { create($0, &made) }
        guard status == SLIP_PLUGIN_OK else {
            // What a failed create wrote is not known to be a state.
            throw CallFailure(status: status, of: declaration, state: nil)
        }
        guard let made else { throw CallFailure("its create returned no state (plugin \(declaration.origin))") }
        pointer = made
        self.declaration = declaration
    }

    deinit { declaration.calls.destroy?(pointer) }

    /// Turns a status that stands for an error into one.
    func check(_ status: CInt) throws(CallFailure) {
        guard status == SLIP_PLUGIN_OK else { throw failure(status) }
    }

    /// What an error's status stands for.
    func failure(_ status: CInt) -> CallFailure { CallFailure(status: status, of: declaration, state: pointer) }

    /// Gives settings their values, but for those that have them already.
    func set(_ values: [Double], but known: [Double]?) throws(CallFailure) {
        for (index, setting) in declaration.settings.enumerated() where known?[index] != values[index] {
            guard let status = declaration.calls.set?(pointer, setting.name, values[index]) else { continue }
            try check(status)
        }
    }
}

/// The vectors that a state is for.
struct VectorLayout {
    let count: Int
    let gradientCount: Int
    let segments: [ParameterSegment]

    /// Calls `body` with the layout as a plugin reads it.
    func withStructure<Result>(_ body: (UnsafePointer<slip_plugin_layout>) -> Result) -> Result {
        let names = segments.map { strdup($0.name) }
        defer { for name in names { free(name) } }
        let described = zip(segments, names).map { segment, name in
            var flags = segment.kind == .weight ? SLIP_PLUGIN_REGULARIZED : 0
            if !segment.kind.isTrainable { flags |= SLIP_PLUGIN_STATISTIC }
            return slip_plugin_segment(
                name: UnsafePointer(name), start: segment.offset, count: segment.count, flags: UInt32(flags),
                reserved: 0)
        }
        return described.withUnsafeBufferPointer { segments in
            var layout = slip_plugin_layout(
                size: MemoryLayout<slip_plugin_layout>.stride, count: count, gradient_count: gradientCount,
                segments: segments.isEmpty ? nil : segments.baseAddress, segment_count: segments.count)
            return body(&layout)
        }
    }
}
