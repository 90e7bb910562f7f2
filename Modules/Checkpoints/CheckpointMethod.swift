import Accelerators

/// How the checkpoints of a run are combined.
public enum CheckpointMethod: Sendable, Hashable {
    /// Regularized nonlinear acceleration over the differences between successive checkpoints; the window is all of them.
    case rna(RNA)
    /// The mean.
    case uniformAverage
    /// The mean with weights that fall with age.
    case exponentialAverage(ExponentialAverage)

    /// The accelerator's name.
    public var name: String {
        switch self {
        case .rna: RNA.name
        case .uniformAverage: UniformAverage.name
        case .exponentialAverage: ExponentialAverage.name
        }
    }
}

/// What came of asking a method for the weights of checkpoints.
public struct CheckpointWeights: Sendable {
    /// What each checkpoint counts, in the order given; nil where the method has nothing to propose.
    public let weights: PointWeights?
    /// Why there are none.
    public let rejection: Rejection?
    /// The condition number of RNA's system: infinity if it is singular; nil where there is no system.
    public let conditionNumber: Double?
    /// Checkpoints whose residual-forming tensors are those of the one before.
    public let repeated: [Int]
}
