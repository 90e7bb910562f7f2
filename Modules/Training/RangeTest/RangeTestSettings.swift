import Buffers
import Datasets
import Foundation
import Graphs
import Optimizers

/// What a learning-rate range test tries.
public struct RangeTestSettings: Sendable {
    /// How the learning rate rises from step to step.
    public enum Rise: String, Sendable, Hashable, Codable, CaseIterable {
        /// By the same amount: the original test, for bounds of a cyclical schedule.
        case linear
        /// By the same factor: for a range of several powers of ten.
        case exponential
    }

    /// The learning rate of the first step: finite, at least 0, above 0 where it rises exponentially; 1e-5 by default.
    public var lowest: Double
    /// What it rises to: finite and above `lowest`; 1 by default.
    public var highest: Double
    /// How it rises; exponentially by default.
    public var rise: Rise
    /// Passes over the training data that it takes, at least 1; 3 by default.
    public var epochs: Int
    /// Images a step, at least 1: what training will use, for the right learning rate depends on it.
    public var batchSize: Int
    /// The update rule that training will use; one that takes a learning rate.
    public var optimizer: any Optimizer
    /// Factors of the learning rate by the names of parameters, as in ``TrainingSettings/rateMultipliers``.
    public var rateMultipliers: [String: Double] = [:]
    /// The test ends when the smoothed loss is above so many times its least value; above 1, 4 by default.
    public var divergence: Double
    /// What is done at random to the images.
    public var augmentations: Augmentations
    /// Determines the order of the images and the choices of augmentations and random operators.
    public var seed: UInt64
    /// The threads to use.
    public var workers: Workers
    /// The backends to use.
    public var backends: BackendList

    /// Settings with the given values; the others have the defaults that stand here.
    public init(
        lowest: Double = 1e-5, highest: Double = 1, rise: Rise = .exponential, epochs: Int = 3, batchSize: Int,
        optimizer: any Optimizer, divergence: Double = 4, augmentations: Augmentations = .none, seed: UInt64 = 0,
        workers: Workers = .all, backends: BackendList = .registered
    ) {
        self.lowest = lowest
        self.highest = highest
        self.rise = rise
        self.epochs = epochs
        self.batchSize = batchSize
        self.optimizer = optimizer
        self.divergence = divergence
        self.augmentations = augmentations
        self.seed = seed
        self.workers = workers
        self.backends = backends
    }

    /// Checks what the trainer does not.
    func check() throws(TrainingError) {
        let rule = type(of: optimizer)
        guard rule.usesLearningRate else {
            throw .badSetting(
                name: "the rule of a learning-rate range test", value: rule.name,
                allowed: "one that takes a learning rate; \(rule.name) finds its own step length")
        }
        guard lowest.isFinite, rise == .linear ? lowest >= 0 : lowest > 0 else {
            throw .badSetting(
                name: "the lowest learning rate", value: "\(lowest)",
                allowed: "a finite number " + (rise == .linear ? "from 0 on" : "above 0 where it rises exponentially"))
        }
        guard highest.isFinite, highest > lowest else {
            throw .badSetting(
                name: "the highest learning rate", value: "\(highest)", allowed: "a finite number above \(lowest)")
        }
        guard divergence > 1 else {
            throw .badSetting(name: "divergence", value: "\(divergence)", allowed: "above 1")
        }
    }

    /// The learning rate of a step, where `last` is the number of the last one.
    func learningRate(step: Int, last: Int) -> Double {
        let share = last > 0 ? Double(step) / Double(last) : 0
        switch rise {
        case .linear: return lowest + (highest - lowest) * share
        // Both ends exactly; the quotient of the ends may be infinite.
        case .exponential: return pow(lowest, 1 - share) * pow(highest, share)
        }
    }
}
