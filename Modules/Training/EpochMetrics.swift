import Accelerators
import Buffers

/// What one epoch brought: one line of `metrics.jsonl`.
public struct EpochMetrics: Sendable, Hashable, Codable {
    /// The epoch's number, from 1.
    public var epoch: Int
    /// Optimizer steps since the run began; for each of them the gradient of one batch was computed.
    public var steps: Int
    /// The mean loss over the epoch's mini-batches, each measured before its step, or the first of its steps.
    public var trainingLoss: Double
    /// The share of training images classified right, measured likewise.
    public var trainingAccuracy: Double
    /// The plain network's loss on the validation data.
    public var loss: Double
    /// The plain network's accuracy on the validation data, from 0 to 1.
    public var accuracy: Double
    /// The extrapolated network's loss on the validation data; absent without an accelerator, or where it had nothing to
    /// propose.
    public var acceleratedLoss: Double?
    /// The extrapolated network's accuracy, likewise.
    public var acceleratedAccuracy: Double?
    /// What became of the accelerator's proposal: `offered` (offline), `accepted` (online), or why it was rejected, which
    /// is `worse` where it was measured and lost; absent without an accelerator.
    public var proposal: String?
    /// The coefficients of the combined epochs, oldest first, with the sum 1; absent where none were found.
    public var coefficients: [Double]?
    /// The condition number of the system that they solve, infinity if it is singular; absent where there is none.
    public var conditionNumber: Double?
    /// The learning rate of the epoch's last step; where the rule finds its own, the step length.
    public var learningRate: Double
    /// Wall-clock seconds of the epoch's training steps; evaluations and waiting for data are not counted.
    public var seconds: Double
    /// Wall-clock seconds that the training steps waited for a batch that was still being made: what keeps the engine from
    /// doing better, apart from the engine.
    public var stallSeconds: Double
    /// Training images per second of the training steps' time; one counts as often as a step used it.
    public var imagesPerSecond: Double

    /// Which parameters of the plain network are zero; absent where no filter or matrix has a zero.
    public var sparsity: Sparsity?
    /// The means over the epoch of what the rule tells at every step, by name; absent for most rules.
    public var reported: [String: Double]?

    private enum CodingKeys: String, CodingKey {
        case epoch, steps
        case trainingLoss = "training_loss"
        case trainingAccuracy = "training_accuracy"
        case loss, accuracy
        case acceleratedLoss = "accelerated_loss"
        case acceleratedAccuracy = "accelerated_accuracy"
        case proposal, coefficients, sparsity, reported
        case conditionNumber = "condition_number"
        case learningRate = "learning_rate"
        case seconds
        case stallSeconds = "stall_seconds"
        case imagesPerSecond = "images_per_second"
    }

    /// The metrics of an epoch.
    ///
    /// - Parameters:
    ///   - training: over the epoch's images.
    ///   - persistency: how many steps used each of them.
    ///   - diagnostics: of the accelerator at its proposal.
    public init(
        epoch: Int, steps: Int, training: Evaluation, plain: Evaluation, accelerated: Evaluation?, proposal: String?,
        learningRate: Double, persistency: Int = 1, seconds: Double, stallSeconds: Double = 0,
        sparsity: Sparsity? = nil, reported: [String: Double]? = nil, diagnostics: Diagnostics? = nil
    ) {
        self.epoch = epoch
        self.steps = steps
        trainingLoss = training.loss
        trainingAccuracy = training.accuracy
        loss = plain.loss
        accuracy = plain.accuracy
        acceleratedLoss = accelerated?.loss
        acceleratedAccuracy = accelerated?.accuracy
        self.proposal = proposal
        coefficients = diagnostics.flatMap { $0.coefficients.isEmpty ? nil : $0.coefficients }
        conditionNumber = diagnostics?.conditionNumber
        self.learningRate = learningRate
        self.seconds = seconds
        self.stallSeconds = stallSeconds
        self.sparsity = sparsity
        self.reported = reported
        imagesPerSecond = seconds > 0 ? Double(training.images * persistency) / seconds : 0
    }
}
