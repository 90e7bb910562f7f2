import Buffers
import CONNXCheck

/// libonnx's judgement of a model.
///
/// The installed libonnx may be older than the model: then it cannot judge, which is not the model's fault.
public enum ONNXChecker {
    /// What libonnx says.
    public enum Verdict: Sendable, Equatable {
        /// The model keeps the rules.
        case valid
        /// The model breaks a rule, which the text names.
        case invalid(String)
        /// The model is newer than this libonnx; the text names both versions.
        case newer(String)
        /// The bytes are no model, or the file cannot be read.
        case unreadable(String)
        /// libonnx itself failed.
        case failed(String)
    }

    /// libonnx's release, such as `1.12.0`.
    public static var release: String { String(cString: slip_onnx_release()) }

    /// The newest version of the file format that libonnx knows.
    public static var newestIRVersion: Int { Int(slip_onnx_newest_ir_version()) }

    /// The newest version of an operator set that libonnx knows; `nil` for a domain that it does not know.
    public static func newestOpset(domain: String = "") -> Int? {
        let version = slip_onnx_newest_opset(domain)
        return version == 0 ? nil : Int(version)
    }

    /// Checks a serialised model whose constants all lie inside it.
    ///
    /// - Parameters:
    ///   - bytes: the model.
    ///   - inferringShapes: whether all shapes and types must also be inferable and agree with what the model states. For
    ///     models that one trusts: libonnx 1.12's inference can crash on a damaged one.
    public static func check(_ bytes: [UInt8], inferringShapes: Bool = true) -> Verdict {
        bytes.withUnsafeBytes { pointer in
            verdict { slip_onnx_check_bytes(pointer.baseAddress, pointer.count, inferringShapes ? 1 : 0, $0, $1) }
        }
    }

    /// Checks a file, whose external data must lie beside it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - inferringShapes: whether all shapes and types must also be inferable and agree with what the model states. For
    ///     models that one trusts: libonnx 1.12's inference can crash on a damaged one.
    public static func check(path: String, inferringShapes: Bool = true) -> Verdict {
        verdict { slip_onnx_check_file(path, inferringShapes ? 1 : 0, $0, $1) }
    }

    private static func verdict(_ call: (UnsafeMutablePointer<CChar>?, Int) -> slip_onnx_verdict) -> Verdict {
        var code = SLIP_ONNX_FAILED
        let text = String(unsafeUninitializedCapacity: 4096) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { code = call($0.baseAddress, $0.count) }
            return buffer.firstIndex(of: 0) ?? 0
        }
        switch code {
        case SLIP_ONNX_VALID: return .valid
        case SLIP_ONNX_INVALID: return .invalid(text)
        case SLIP_ONNX_NEWER: return .newer(text)
        case SLIP_ONNX_UNREADABLE: return .unreadable(text)
        default: return .failed(text)
        }
    }
}
