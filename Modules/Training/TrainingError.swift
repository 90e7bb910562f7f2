import Optimizers
import Tensors

/// A training run that cannot begin, or cannot go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The network takes other images than the data holds.
    case imageShape(model: [String], data: [Int])
    /// The network's result is not one row of logits an image.
    case logits(shape: [Int])
    /// The network's result has another number of rows than there are images.
    case rows(logits: [Int], images: Int)
    /// The network leaves the size of its images open.
    case openImageShape
    /// The data holds no image.
    case noImages(data: String)
    /// The data has more classes than the network has logits.
    case tooFewOutputs(logits: Int, classes: Int, data: String)
    /// The network's batch size is fixed, and the data does not come in such batches.
    case bakedBatch(model: Int, asked: Int, images: Int)
    /// A setting out of its range.
    case badSetting(name: String, value: String, allowed: String)
    /// Stages of the rule that do not follow one another.
    case badStage(StageError)
    /// Factors of the learning rate that the rule or the network does not take.
    case badMultipliers(RateMultiplierError)
    /// Every parameter of the network is frozen, or it has none.
    case nothingToTrain
    /// The loss, or a weight, is no longer a finite number. `step` and `epoch` count from 1;
    /// step 0 stands for a network that was so from the start.
    case notFinite(what: String, step: Int, epoch: Int, learningRate: Double)
    /// A checkpoint was made with other settings, another network or other data.
    case differentRun(differences: [String])
    /// A checkpoint that does not fit, or is damaged.
    case badCheckpoint(path: String, reason: String)
    /// Nothing to resume.
    case noCheckpoint(directory: String)
    /// The output directory holds a run already.
    case directoryInUse(directory: String)

    /// What was wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .imageShape(let model, let data):
            "the model takes \(model.joined(separator: " x ")) (batch, then channels x height x width), but the data's "
                + "images are \(Shape.describe(data))"
        case .logits(let shape):
            "a classifier's result is a row of logits for each image, N x classes, but this model's has the shape "
                + Shape.describe(shape)
        case .rows(let logits, let images):
            "a classifier gives a row of logits for each image, but this model gives \(Shape.describe(logits)) for "
                + "\(images) image\(images == 1 ? "" : "s")"
        case .openImageShape:
            "the model leaves its images' channels, height or width open; a benchmark and a plan need them fixed"
        case .noImages(let data): "\(data) holds no image"
        case .tooFewOutputs(let logits, let classes, let data):
            "the model has \(logits) outputs, but the labels of \(data) need \(classes)"
        case .bakedBatch(let model, let asked, let images):
            "the model's batch size is fixed at \(model), and "
                + (asked != model
                    ? "a batch size of \(asked) was asked for: --batch \(asked) gives it that size, "
                    : "\(images) images are no whole number of such batches: ") + "--batch dynamic gives it an open one"
        case .badSetting(let name, let value, let allowed): "\(name) is \(value), but must be \(allowed)"
        case .badStage(let error): error.description
        case .badMultipliers(let error): error.description
        case .nothingToTrain: "the network has no parameter that is trained"
        case .notFinite(let what, 0, _, _): "\(what) is not finite before the first step: the model is damaged"
        case .notFinite(let what, let step, let epoch, let learningRate):
            "\(what) is no longer finite at step \(step) (epoch \(epoch), learning rate \(learningRate)); training "
                + "stopped, the last good checkpoint stays: try a lower learning rate, with --overwrite or another "
                + "--output"
        case .differentRun(let differences):
            "the checkpoint belongs to another run: " + differences.joined(separator: "; ")
        case .badCheckpoint(let path, let reason): "\(path) is no checkpoint of this run: \(reason)"
        case .noCheckpoint(let directory): "nothing to resume: there is no folder \(directory)"
        case .directoryInUse(let directory):
            "\(directory) already holds a run: give --resume to continue it or --overwrite to replace it"
        }
    }
}
