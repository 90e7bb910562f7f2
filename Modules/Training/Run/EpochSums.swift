/// What is added up over the steps of an epoch.
struct EpochSums: Codable, Equatable {
    /// Σ loss · images, so that a smaller last batch counts for what it is.
    var loss = 0.0
    /// Images classified right.
    var correct = 0
    /// Images seen.
    var images = 0
    /// Seconds of training.
    var seconds = 0.0
    /// η of the last step.
    var learningRate = 0.0

    /// The means.
    var evaluation: Evaluation {
        let count = Double(max(images, 1))
        return Evaluation(loss: loss / count, accuracy: Double(correct) / count, images: images)
    }
}
