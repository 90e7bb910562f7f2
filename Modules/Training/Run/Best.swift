import Buffers

/// The best network that a run has seen, by accuracy on the validation data, then by loss.
public struct Best: Sendable {
    /// The whole parameter vector, statistics included; zeros while there is none.
    public let parameters: AlignedBuffer<Float>
    /// How well it did.
    public internal(set) var evaluation: Evaluation?
    /// The epoch after which it was found, from 1; 0 while there is none.
    public internal(set) var epoch = 0

    init(count: Int) throws(AllocationError) { parameters = try AlignedBuffer(count: count) }

    /// Takes over a network if it is better.
    mutating func offer(_ candidate: AlignedBuffer<Float>, _ evaluation: Evaluation, epoch: Int) {
        if evaluation.isBetter(than: self.evaluation) { take(candidate, evaluation, epoch: epoch) }
    }

    /// Takes over a network.
    mutating func take(_ network: AlignedBuffer<Float>, _ evaluation: Evaluation?, epoch: Int) {
        parameters.assign(network)
        self.evaluation = evaluation
        self.epoch = epoch
    }
}
