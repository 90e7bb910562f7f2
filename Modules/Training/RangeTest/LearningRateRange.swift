import Foundation

/// What a learning-rate range test recorded, and what it suggests.
public struct LearningRateRange: Sendable, Hashable, Codable {
    /// One step.
    public struct Point: Sendable, Hashable, Codable {
        /// η of the step.
        public let learningRate: Double
        /// The loss on its mini-batch, before the step.
        public let loss: Double
        /// The share of the mini-batch that was classified right before the step.
        public let accuracy: Double
        /// The exponential average of the losses up to here, freed of its bias towards the start.
        public let smoothedLoss: Double
        /// The same of the accuracies.
        public let smoothedAccuracy: Double

        private enum CodingKeys: String, CodingKey {
            case learningRate = "learning_rate"
            case loss, accuracy
            case smoothedLoss = "smoothed_loss"
            case smoothedAccuracy = "smoothed_accuracy"
        }

        /// A step.
        public init(
            learningRate: Double, loss: Double, accuracy: Double, smoothedLoss: Double, smoothedAccuracy: Double
        ) {
            self.learningRate = learningRate
            self.loss = loss
            self.accuracy = accuracy
            self.smoothedLoss = smoothedLoss
            self.smoothedAccuracy = smoothedAccuracy
        }
    }

    /// Why the test ended.
    public enum End: String, Sendable, Hashable, Codable {
        /// The whole range was tried.
        case finished
        /// The loss was no longer finite, or far above its least value.
        case diverged
    }

    /// How the learning rate rose.
    public let rise: RangeTestSettings.Rise
    /// The steps that the whole range takes.
    public let steps: Int
    /// How many steps the averages lag behind, at least 1: the smoothing is delay / (1 + delay).
    public let delay: Int
    /// The steps done.
    public let points: [Point]
    /// Why there are no more.
    public let end: End
    /// The learning rate at which the smoothed loss fell fastest; absent where it never fell.
    public let steepest: Double?
    /// The learning rate at which the smoothed loss was least; absent where it never fell.
    public let minimum: Double?
    /// A tenth of `minimum`.
    public let tenthOfMinimum: Double?
    /// Whether the loss had not begun to rise again when the range was over: then higher rates may be as good.
    public var isStillFalling: Bool {
        guard end == .finished, let minimum, let last = points.suffix(delay).first else { return false }
        return minimum >= last.learningRate
    }

    private enum CodingKeys: String, CodingKey {
        case rise, steps, delay, points, end, steepest, minimum
        case tenthOfMinimum = "tenth_of_minimum"
    }

    /// Reads the suggestions off the points.
    ///
    /// - Parameters:
    ///   - rise: how the learning rate rose.
    ///   - steps: the steps that the whole range takes.
    ///   - delay: how many steps the averages lag behind.
    ///   - points: the steps done.
    ///   - end: why there are no more.
    public init(rise: RangeTestSettings.Rise, steps: Int, delay: Int, points: [Point], end: End) {
        self.rise = rise
        self.steps = steps
        self.delay = max(1, delay)
        self.points = points
        self.end = end
        // The first averages are of too few numbers to go by.
        let first = min(self.delay, points.count)
        let least = points.indices.dropFirst(first).min { points[$0].smoothedLoss < points[$1].smoothedLoss }
        guard let least, points[least].smoothedLoss < points[first].smoothedLoss else {
            (steepest, minimum, tenthOfMinimum) = (nil, nil, nil)
            return
        }
        minimum = points[least].learningRate
        tenthOfMinimum = points[least].learningRate / 10
        func abscissa(_ index: Int) -> Double {
            rise == .linear ? points[index].learningRate : log(points[index].learningRate)
        }
        // Over as many steps as the averages reach back, so that one lucky batch is no slope.
        let reach = min(self.delay, max(1, (least - first) / 2))
        let slopes = (first...least).dropFirst(reach).dropLast(reach).map { index in
            let fall = points[index + reach].smoothedLoss - points[index - reach].smoothedLoss
            return (slope: fall / (abscissa(index + reach) - abscissa(index - reach)), index: index)
        }
        steepest = slopes.min { $0.slope < $1.slope }.flatMap { $0.slope < 0 ? points[$0.index].learningRate : nil }
    }
}
