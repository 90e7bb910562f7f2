/// What a run tells while it goes on, and how it is stopped.
public struct TrainingEvents {
    /// How far a run is.
    public struct Progress: Sendable {
        /// The epoch under way, from 1.
        public let epoch: Int
        /// All epochs.
        public let epochs: Int
        /// Steps done in this epoch.
        public let step: Int
        /// Steps of an epoch.
        public let steps: Int
        /// The mean loss of this epoch so far.
        public let loss: Double
        /// Training images per second in this epoch so far.
        public let imagesPerSecond: Double
        /// Seconds until the last epoch ends, judged by the speed so far; `nil` before the first step.
        public let secondsLeft: Double?
    }

    /// Called after every step, and after its checkpoint where one is written.
    public var stepped: (Progress) -> Void = { _ in }
    /// Called after every epoch, before its checkpoint is written: files of the run are written here.
    public var finishedEpoch: (TrainingState) throws -> Void = { _ in }
    /// Asked before every step and before every epoch's evaluation: `true` ends the run after a checkpoint.
    public var shouldStop: () -> Bool = { false }

    /// Events that nobody listens to.
    public init() {}
}
