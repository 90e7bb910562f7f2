import Accelerators
import Optimizers

/// How a run's sequence of weights is extrapolated, once an epoch.
public struct AccelerationSettings: Sendable, CustomStringConvertible {
    /// What combines the weights.
    public let method: any Accelerator
    /// Offline, a proposal is measured and kept, and the run goes on as if it had not been made. Online, the run goes on
    /// from it, unless its loss on the validation data is above the plain network's.
    public let mode: AccelerationMode

    /// An acceleration.
    public init(_ method: any Accelerator, mode: AccelerationMode = .offline) {
        self.method = method
        self.mode = mode
    }

    /// The method with all its settings, and the mode.
    public var description: String {
        let values = method.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(type(of: method).name) \(mode.rawValue) \(values.joined(separator: " "))"
    }

    /// What an outcome is called in metrics.
    func name(of outcome: Proposal) -> String {
        switch outcome {
        case .accepted: mode == .offline ? "offered" : "accepted"
        case .deferred: "deferred"
        case .rejected(let reason): reason.rawValue
        }
    }
}
