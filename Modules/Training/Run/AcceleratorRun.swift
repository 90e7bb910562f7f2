import Accelerators
import Buffers
import Optimizers

/// An accelerator at work on a run: its history, the mean gradient of the epoch, and the latest proposal.
final class AcceleratorRun: SerializableState {
    typealias Element = Float

    private let acceleration: Acceleration
    private let state: any AcceleratorState<Float>
    private let proposal: AlignedBuffer<Float>
    private let gradientSum: AlignedBuffer<Float>?
    private var gradientCount = 0

    /// A point to measure, and what is to be said of it.
    struct Offer {
        /// The extrapolated parameters; `nil` if there is nothing to try.
        let point: AlignedBuffer<Float>?
        /// What the accelerator said.
        let verdict: String
    }

    init(_ acceleration: Acceleration, start: ParameterStore<Float>) throws {
        self.acceleration = acceleration
        let layout = start.layout
        state = try acceleration.method.makeState(
            count: layout.count, gradientCount: layout.trainableCount, as: Float.self)
        proposal = try AlignedBuffer(count: layout.count)
        gradientSum = acceleration.method.needsMeanGradient ? try AlignedBuffer(count: layout.trainableCount) : nil
        try state.start(at: start.values.elements, workers: .all)
    }

    /// Adds a step's gradient to the epoch's mean, if the method wants it.
    func observe(gradient: UnsafeBufferPointer<Float>, workers: Workers) {
        guard let sum = gradientSum, let gradient = gradient.baseAddress else { return }
        workers.split(sum.count, grain: 1 << 14) { range, _ in
            for index in range { sum.pointer[index] += gradient[index] }
        }
        gradientCount += 1
    }

    /// Tells the method where the epoch ended, and asks it for a point.
    func propose(after point: AlignedBuffer<Float>, workers: Workers) -> Offer {
        if let sum = gradientSum, gradientCount > 0 {
            let factor = 1 / Float(gradientCount)
            for index in 0..<sum.count { sum.pointer[index] *= factor }
        }
        defer {
            gradientSum?.zero()
            gradientCount = 0
        }
        do {
            try state.observe(point.elements, meanGradient: gradientSum?.elements, workers: workers)
            switch try state.propose(into: proposal.mutableElements, workers: workers) {
            case .accepted: return Offer(point: proposal, verdict: "offered")
            case .rejected(let reason): return Offer(point: nil, verdict: reason.rawValue)
            }
        } catch { return Offer(point: nil, verdict: error.description) }
    }

    /// Decides what becomes of an offer: online, a point whose loss is not above the plain one's becomes θ.
    ///
    /// - Returns: what to report.
    func settle(
        _ offer: Offer, plain: Evaluation, accelerated: Evaluation?, parameters: ParameterStore<Float>,
        workers: Workers
    ) -> String {
        guard acceleration.mode == .online, let point = offer.point, let accelerated else { return offer.verdict }
        // Written so that a loss that is not a number counts as worse.
        guard accelerated.loss <= plain.loss else {
            state.withdrawProposal()
            return Rejection.worse.rawValue
        }
        do { try state.start(at: point.elements, workers: workers) } catch { return error.description }
        parameters.values.assign(point)
        return "accepted"
    }

    var vectors: [(name: String, elements: UnsafeBufferPointer<Float>)] {
        state.vectors + (gradientSum.map { [("gradient-sum", $0.elements)] } ?? [])
    }

    var numbers: [(name: String, values: [Double])] { state.numbers + [("gradient-count", [Double(gradientCount)])] }

    func restore(vectors: [String: UnsafeBufferPointer<Float>], numbers: [String: [Double]]) throws(StateError) {
        var (vectors, numbers) = (vectors, numbers)
        let sum = vectors.removeValue(forKey: "gradient-sum")
        let saved = SavedState(vectors: [:], numbers: numbers)
        let count = try saved.count("gradient-count", in: 0...(1 << 53))
        numbers["gradient-count"] = nil
        if let gradientSum {
            guard let source = sum, source.count == gradientSum.count, let first = source.baseAddress else {
                throw .missing(name: "gradient-sum", expected: ["gradient-sum"])
            }
            try state.restore(vectors: vectors, numbers: numbers)
            gradientSum.pointer.update(from: first, count: source.count)
        } else {
            try state.restore(vectors: vectors, numbers: numbers)
        }
        gradientCount = count
    }
}
