import Accelerators
import Buffers
import Datasets
import Graphs
import Optimizers

/// How a network is trained.
public struct TrainingSettings: Sendable {
    /// Passes over the training data, from 1 to 1,000,000. A batch that serves several steps is passed once.
    public var epochs: Int
    /// Images a step, at least 1; the last batch of an epoch may be smaller.
    public var batchSize: Int
    /// K of minibatch persistency, from 1 to 1,000,000: how many consecutive steps each batch serves before the next one comes.
    ///
    /// 1 is plain training. 2 is what pays most consistently, at batches of 256 and 512; 5 overfits. M. Fischetti,
    /// I. Mandatelli, D. Salvagnin, *Faster SGD training by minibatch persistency*, arXiv:1806.07353, 2018.
    public var persistency: Int
    /// The update rule.
    public var optimizer: any Optimizer
    /// η₀, finite and at least 0; not used by rules that find their own step length.
    public var learningRate: Double
    /// How η changes.
    public var schedule: any LearningRateSchedule
    /// What the rule is from later epochs on, by rising epoch; empty for the same throughout.
    public var stages: [OptimizerStage] = []
    /// Factors of the learning rate, above 0, by the names of parameters; empty for none.
    ///
    /// Only for rules that apply them: the gradient-descent and the adaptive families, and proximal gradient descent.
    public var rateMultipliers: [String: Double] = [:]
    /// What was done to the network before training, by name, for a run that goes on to agree on: which parameters were
    /// frozen, say. It changes nothing else.
    public var preparation: [String: String] = [:]
    /// How gradients are clipped before the rule sees them; `nil` for not at all.
    public var clipping: GradientClipping?
    /// From how many epochs on weights that are zero stay zero, at least 0; `nil` for never.
    ///
    /// 0 fine-tunes a pruned network; later than 0, it is adaptive sparse retraining.
    public var freezesZerosFrom: Int?
    /// How the sequence of weights is extrapolated; `nil` for not at all.
    public var acceleration: AccelerationSettings?
    /// What is done at random to the training images; nothing by default. Those that are measured on stay as they are.
    public var augmentations: Augmentations
    /// Determines the order of the images and the choices of augmentations and random operators.
    public var seed: UInt64
    /// The threads to use; another number gives other bits.
    public var workers: Workers
    /// The backends to use.
    public var backends: BackendList
    /// Images a step of an evaluation, at least 1; a network whose batch size is fixed overrides it.
    ///
    /// By default twice the batch size, but not above 256: an image takes at most half the memory that it takes in
    /// training (a sixth in a ResNet), so evaluations need no more than training does.
    public var evaluationBatchSize: Int

    /// Settings with the given values; the others have the defaults that stand here.
    ///
    /// By default all processors are used, and all backends that are registered: a program that registers none has the
    /// reference backend, which is slow.
    public init(
        epochs: Int, batchSize: Int, persistency: Int = 1, optimizer: any Optimizer, learningRate: Double,
        schedule: any LearningRateSchedule = ConstantSchedule(), acceleration: AccelerationSettings? = nil,
        augmentations: Augmentations = .none, seed: UInt64 = 0, workers: Workers = .all,
        backends: BackendList = .registered,
        evaluationBatchSize: Int? = nil
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.persistency = persistency
        self.optimizer = optimizer
        self.learningRate = learningRate
        self.schedule = schedule
        self.acceleration = acceleration
        self.augmentations = augmentations
        self.seed = seed
        self.workers = workers
        self.backends = backends
        self.evaluationBatchSize = evaluationBatchSize ?? (batchSize < 128 ? 2 * max(batchSize, 1) : 256)
    }

    /// The rule after so many epochs, of which the last may be under way.
    func optimizer(at epoch: Double) -> any Optimizer {
        var rule = optimizer
        for stage in stages where stage.epoch <= epoch { rule = stage.optimizer }
        return rule
    }

    /// Whether weights are meant to become zero, or to stay so.
    public var seeksZeros: Bool {
        freezesZerosFrom != nil || type(of: optimizer).settings.contains { $0.name == RDA.lambda.name }
    }

    /// What somebody should know of these settings before a run, in sentences.
    public var remarks: [String] {
        var remarks: [String] = []
        if clipping != nil, optimizer is Neumann {
            remarks.append(
                "clipped gradients break the Taylor step that the Neumann optimizer rests on: expect it to do worse")
        }
        if let acceleration, acceleration.mode != .offline, optimizer is RDA || optimizer is SDA {
            remarks.append(
                "\(type(of: optimizer).name) makes its weights of all gradients so far: of an extrapolation that it goes "
                    + "on from, only the next gradient is left")
        }
        return remarks
    }

    /// Checks what is not checked by its own type.
    func check() throws(TrainingError) {
        if let first = freezesZerosFrom, first < 0 {
            throw .badSetting(name: "the epoch from which zeros are frozen", value: "\(first)", allowed: "at least 0")
        }
        do { try OptimizerStage.check(stages, after: optimizer) } catch { throw .badStage(error) }
        if !rateMultipliers.isEmpty, let reason = type(of: optimizer).multiplierObstacle {
            throw .badMultipliers(.unsupported(rule: type(of: optimizer).name, reason: reason))
        }
        guard (1...1_000_000).contains(epochs) else {
            throw .badSetting(name: "epochs", value: "\(epochs)", allowed: "from 1 to 1000000")
        }
        guard batchSize >= 1 else {
            throw .badSetting(name: "batch size", value: "\(batchSize)", allowed: "at least 1")
        }
        guard (1...1_000_000).contains(persistency) else {
            throw .badSetting(name: "persistency", value: "\(persistency)", allowed: "from 1 to 1000000")
        }
        guard evaluationBatchSize >= 1 else {
            throw .badSetting(name: "evaluation batch size", value: "\(evaluationBatchSize)", allowed: "at least 1")
        }
        guard learningRate.isFinite, learningRate >= 0 else {
            throw .badSetting(name: "learning rate", value: "\(learningRate)", allowed: "a finite number from 0 on")
        }
    }
}
