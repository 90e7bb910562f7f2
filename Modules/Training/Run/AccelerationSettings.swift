import Accelerators
import Optimizers

/// How a run's sequence of weights is extrapolated, once an epoch.
public struct AccelerationSettings: Sendable, CustomStringConvertible {
    /// What decides whether a proposal is taken, and which of several.
    public enum Guard: String, Sendable, Hashable, Codable, CaseIterable {
        /// The loss on the validation data.
        case validation
        /// The loss on the training data, in inference: a pass over them for every point that is measured.
        case training
        /// Nothing: every proposal is taken, as in the papers.
        case none
    }

    /// What an extrapolated network's batch-normalisation statistics are.
    public enum Statistics: String, Sendable, Hashable, Codable, CaseIterable {
        /// Combinations of the running statistics, like the weights.
        case extrapolate
        /// Measured anew for the combined weights, in a pass over the training data for every point that is measured.
        case reestimate
    }

    /// What combines the weights.
    public let method: any Accelerator
    /// Offline, a proposal is measured and kept, and the run goes on as if it had not been made. Online, the run goes on
    /// from it, unless the guard is against it; restarting, it does so whenever the window is full.
    public let mode: AccelerationMode
    /// What decides on proposals.
    public let guarding: Guard
    /// What becomes of batch normalisation's statistics.
    public let statistics: Statistics

    /// An acceleration.
    public init(
        _ method: any Accelerator, mode: AccelerationMode = .offline, guarding: Guard = .validation,
        statistics: Statistics = .extrapolate
    ) {
        self.method = method
        self.mode = mode
        self.guarding = guarding
        self.statistics = statistics
    }

    /// The method with all its settings, the mode, and what differs from the usual.
    public var description: String {
        let values = method.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let rest = ["guard=\(guarding.rawValue)", "statistics=\(statistics.rawValue)"]
        return "\(type(of: method).name) \(mode.rawValue) \((values + rest).joined(separator: " "))"
    }

    /// Checks that what goes together does.
    ///
    /// - Throws: ``TrainingError/badSetting(name:value:allowed:)``.
    func check() throws(TrainingError) {
        guard guarding == .none, let rna = method as? RNA, rna.grid != nil else { return }
        throw .badSetting(
            name: "the guard", value: guarding.rawValue,
            allowed: "validation or training: a grid of regularizations needs an objective")
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
