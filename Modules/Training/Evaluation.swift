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

    /// Whether this is a better result than another: more accurate, or as accurate with less loss. A loss that is not a
    /// number is worse than any that is.
    public func isBetter(than other: Evaluation?) -> Bool {
        guard let other else { return true }
        if accuracy != other.accuracy { return accuracy > other.accuracy }
        return loss < other.loss || (other.loss.isNaN && !loss.isNaN)
    }
}
