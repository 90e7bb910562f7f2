import Buffers
import CSlipstream
import Glibc
import Optimizers

/// What the loader knows of a plugin's optimizer or accelerator.
///
/// Its functions are immutable memory of a library that is never unloaded; states are what may not be shared.
struct MethodDeclaration: @unchecked Sendable {
    /// `optimizer` or `accelerator`.
    let kind: String
    let name: String
    let summary: String
    let settings: [Setting]
    /// The plugin's name and version.
    let origin: String
    let calls: StateCalls
}

/// An optimizer of a plugin.
struct OptimizerDefinition: @unchecked Sendable {
    let declaration: MethodDeclaration
    let functions: slip_plugin_optimizer
}

/// An accelerator of a plugin.
struct AcceleratorDefinition: @unchecked Sendable {
    let declaration: MethodDeclaration
    let functions: slip_plugin_accelerator
}

/// The functions that optimizers and accelerators share.
struct StateCalls {
    typealias Create =
        @convention(c) (
            UnsafePointer<slip_plugin_layout>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> CInt

    let createSingle: Create?
    let createDouble: Create?
    let set: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Double) -> CInt)?
    let save:
        (
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<Int>?
            ) -> CInt
        )?
    let load: (@convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> CInt)?
    let reset: (@convention(c) (UnsafeMutableRawPointer?) -> CInt)?
    let destroy: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
    let lastError: (@convention(c) (UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?)?

    init(_ functions: slip_plugin_optimizer) {
        (createSingle, createDouble) = (functions.create_f32, functions.create_f64)
        (set, save, load) = (functions.set, functions.save, functions.load)
        (reset, destroy, lastError) = (functions.reset, functions.destroy, functions.last_error)
    }

    init(_ functions: slip_plugin_accelerator) {
        (createSingle, createDouble) = (functions.create_f32, functions.create_f64)
        (set, save, load) = (functions.set, functions.save, functions.load)
        (reset, destroy, lastError) = (functions.reset, functions.destroy, functions.last_error)
    }
}

/// Why a plugin's function did not do what it is for.
struct CallFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// A status that stands for an error, with the plugin's own words if there are any.
    init(status: CInt, of declaration: MethodDeclaration, state: UnsafeMutableRawPointer?) {
        let text = declaration.calls.lastError?(state).map { text in
            let bytes = UnsafeRawBufferPointer(start: text, count: strnlen(text, PluginText.longest))
            return String(decoding: bytes, as: UTF8.self)
        }
        let words = text.flatMap { $0.isEmpty ? nil : $0 } ?? "it gives no reason"
        reason = "\(words) (status \(status)\(CallFailure.name(status)); plugin \(declaration.origin))"
    }

    private static func name(_ status: CInt) -> String {
        switch Int(status) {
        case SLIP_PLUGIN_FAILED: ", SLIP_PLUGIN_FAILED"
        case SLIP_PLUGIN_OUT_OF_MEMORY: ", SLIP_PLUGIN_OUT_OF_MEMORY"
        case SLIP_PLUGIN_BAD_BLOCK: ", SLIP_PLUGIN_BAD_BLOCK"
        case SLIP_PLUGIN_BAD_ARGUMENT: ", SLIP_PLUGIN_BAD_ARGUMENT"
        default: ""
        }
    }
}
