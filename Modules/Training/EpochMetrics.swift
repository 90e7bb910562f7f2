/// How well a network does on a data set.
public struct Evaluation: Sendable, Hashable, Codable {
    /// The mean softmax cross-entropy over the images, in nats.
    public let loss: Double
    /// The share of images whose largest logit is the label's, from 0 to 1.
    public let accuracy: Double
    /// The number of images.
    public let images: Int

    /// An evaluation.
    public init(loss: Double, accuracy: Double, images: Int) {
        self.loss = loss
        self.accuracy = accuracy
        self.images = images
    }

    /// Whether this is a better result than another: more accurate, or as accurate with less loss.
    public func isBetter(than other: Evaluation?) -> Bool {
        guard let other else { return true }
        return accuracy != other.accuracy ? accuracy > other.accuracy : loss < other.loss
    }
}

/// What one epoch brought: one line of `metrics.jsonl`.
public struct EpochMetrics: Sendable, Hashable, Codable {
    /// The epoch's number, from 1.
    public var epoch: Int
    /// Optimizer steps since the run began.
    public var steps: Int
    /// The mean loss over the epoch's mini-batches, each measured before its step.
    public var trainingLoss: Double
    /// The share of training images classified right, measured likewise.
    public var trainingAccuracy: Double
    /// The plain network's loss on the validation data.
    public var loss: Double
    /// The plain network's accuracy on the validation data, from 0 to 1.
    public var accuracy: Double
    /// The extrapolated network's loss; absent without an accelerator, or where its proposal was rejected.
    public var acceleratedLoss: Double?
    /// The extrapolated network's accuracy.
    public var acceleratedAccuracy: Double?
    /// What became of the accelerator's proposal: `offered`, `accepted`, or why it was rejected.
    public var proposal: String?
    /// The learning rate of the epoch's last step.
    public var learningRate: Double
    /// Wall-clock seconds of the epoch's training steps, evaluations not counted.
    public var seconds: Double
    /// Training images per second of those.
    public var imagesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
        case epoch, steps
        case trainingLoss = "training_loss"
        case trainingAccuracy = "training_accuracy"
        case loss, accuracy
        case acceleratedLoss = "accelerated_loss"
        case acceleratedAccuracy = "accelerated_accuracy"
        case proposal
        case learningRate = "learning_rate"
        case seconds
        case imagesPerSecond = "images_per_second"
    }

    /// The metrics of an epoch.
    public init(
        epoch: Int, steps: Int, training: Evaluation, plain: Evaluation, accelerated: Evaluation?, proposal: String?,
        learningRate: Double, seconds: Double
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
        self.learningRate = learningRate
        self.seconds = seconds
        imagesPerSecond = seconds > 0 ? Double(training.images) / seconds : 0
    }
}
