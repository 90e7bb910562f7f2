/// What is added up over the batches of an epoch.
struct EpochSums: Codable, Equatable {
    /// Σ loss · images, so that a smaller last batch counts for what it is.
    private(set) var loss = 0.0
    /// Images classified right.
    private(set) var correct = 0
    /// Images seen.
    private(set) var images = 0
    /// Seconds of training.
    private(set) var seconds = 0.0
    /// Seconds of waiting for batches.
    private(set) var stallSeconds = 0.0
    /// η of the last step.
    private(set) var learningRate = 0.0
    /// Steps done.
    private(set) var steps = 0
    /// The sums of what the rule tells at every step, in the order of its names.
    private(set) var reported: [Double]

    /// Nothing yet, of so many numbers that the rule tells.
    init(reported count: Int) { reported = [Double](repeating: 0, count: count) }

    /// Adds a batch.
    mutating func add(loss: Double, correct: Int, images: Int) {
        self.loss += loss * Double(images)
        self.correct += correct
        self.images += images
    }

    /// Adds what a training step took, and how long it had to wait for its batch before, and notes its learning rate.
    mutating func add(seconds: Double, stallSeconds: Double, learningRate: Double) {
        self.seconds += seconds
        self.stallSeconds += stallSeconds
        self.learningRate = learningRate
        steps += 1
    }

    /// Adds one number that the rule tells.
    mutating func add(reported value: Double, at index: Int) { reported[index] += value }

    /// The means.
    var evaluation: Evaluation {
        let count = Double(max(images, 1))
        return Evaluation(loss: loss / count, accuracy: Double(correct) / count, images: images)
    }
}
