import Buffers
import Optimizers

/// Something that an accelerator cannot do.
public enum AcceleratorError: Error, Equatable, CustomStringConvertible {
    /// A vector of another length than the accelerator's.
    case wrongCount(what: String, expected: Int, found: Int)
    /// A vector with an infinite element or one that is not a number; the history is as it was before.
    case notFinite(what: String)
    /// A residual whose square is beyond Float64; the history is as it was before.
    case overflow
    /// No point has been given yet.
    case noPoints
    /// A mean gradient is needed and was not given.
    case missingGradient
    /// No accelerator of that name.
    case unknownAccelerator(name: String, known: [String])
    /// Settings that nothing can be made from.
    case setting(SettingError)
    /// Memory for the history could not be had.
    case allocation(AllocationError)
    /// A plugin's accelerator could not do what it was asked for.
    case failed(accelerator: String, action: String, reason: String)

    public var description: String {
        switch self {
        case .wrongCount(let what, let expected, let found):
            "the \(what) has \(found) elements; this accelerator's has \(expected)"
        case .notFinite(let what): "the \(what) has elements that are infinite or not a number; it was not taken"
        case .overflow: "the residual is so long that its square overflows; the point was not taken"
        case .noPoints: "no point has been given yet"
        case .missingGradient: "residuals are mean gradients here, and none was given with the point"
        case .unknownAccelerator(let name, let known):
            "no accelerator is named '\(name)'\(Spelling.hint(for: name, among: known)) Known: \(known.joined(separator: ", "))"
        case .setting(let error): error.description
        case .allocation(let error): error.description
        case .failed(let accelerator, let action, let reason):
            "the accelerator \(accelerator) failed to \(action): \(reason)"
        }
    }
}
