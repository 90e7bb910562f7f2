import Accelerators
import Optimizers

/// How a run's sequence of weights is extrapolated, once an epoch.
public struct Acceleration: Sendable, CustomStringConvertible {
    /// What becomes of a proposal.
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// It is measured and kept, and the run goes on as if it had not been made.
        case offline
        /// The run goes on from it, unless its loss on the validation data is above the plain network's.
        case online
    }

    /// What combines the weights.
    public let method: any Accelerator
    /// What becomes of its proposals.
    public let mode: Mode

    /// An acceleration.
    public init(_ method: any Accelerator, mode: Mode = .offline) {
        self.method = method
        self.mode = mode
    }

    /// The method with all its settings, and the mode.
    public var description: String {
        let values = method.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(type(of: method).name) \(mode.rawValue) \(values.joined(separator: " "))"
    }
}
