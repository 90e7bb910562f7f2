import Buffers
import CSlipstream
import Optimizers

extension OptimizerHandle {
    func readStatistics(_ target: UnsafeMutablePointer<slip_optimizer_statistics>?) throws(Failure) -> slip_status {
        let target = try require(target, "statistics")
        try Tagged.check(target, "statistics", least: Tagged.firstSize(of: slip_optimizer_statistics.self))
        let steps = state?.steps ?? 0
        /// What the rule told of its last step.
        func figure(_ name: String) -> Double {
            guard steps > 0, let state, type.reported.contains(name) else { return .nan }
            return state.scalars.first { $0.name == name }?.value ?? .nan
        }
        let stepSize = figure("step-size")
        let learningRate = steps > 0 && type.usesLearningRate ? lastLearningRate : .nan
        Tagged.write(
            slip_optimizer_statistics(
                size: 0, steps: UInt64(steps), refused_parameters: UInt64(refusals.parameters),
                refused_gradient: UInt64(refusals.gradient), refused_loss: UInt64(refusals.loss),
                frozen_zeros: UInt64(mask?.frozenCount ?? 0),
                step_size: stepSize.isNaN ? learningRate : stepSize, threshold: figure("threshold"),
                gradient_norm: figure("gradient-norm"), momentum: figure("momentum"), distance: figure("distance")),
            to: target)
        return SLIP_OK
    }

    private var kind: String { "\(type.name) \(Element.scalarName)" }
    private static var frozenZeros: String { "frozen-zeros" }
    private static var ownNumbers: String { "handle" }

    func save(
        _ block: UnsafeMutableRawPointer?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
    ) throws(Failure) -> slip_status {
        var content = SavedHandle.begin(kind, layout, parameters)
        let counts = [refusals.parameters, refusals.gradient, refusals.loss].map { Double($0) }
        content.add(Self.ownNumbers, counts + [isDisplaced ? 1 : 0, lastLearningRate])
        SavedHandle.add(state, to: &content)
        if let mask { content.add(Self.frozenZeros, mask.elements) }
        return try content.write(to: block, capacity: capacity, size, workers: workers)
    }

    func load(_ block: UnsafeRawPointer?, _ size: Int) throws(Failure) -> slip_status {
        let block = try BlockReader(block, size, workers: workers)
        // What is read of it points into memory that it may own.
        defer { withExtendedLifetime(block) {} }
        let parameters = try SavedHandle.parameters(in: block, kind: kind, layout: layout, for: parameters)
        let own = try block.numbers(Self.ownNumbers)
        guard own.count == 5 else {
            throw Failure(SLIP_FOREIGN, "the saved state has \(own.count) numbers of a handle, not 5")
        }
        var counts: [Int] = []
        for number in own.prefix(4) {
            counts.append(
                try restoring { () throws(StateError) in
                    try SavedState<Double>.whole(number, name: Self.ownNumbers, in: 0...1 << 53)
                })
        }
        let refusals = Refusals(parameters: counts[0], gradient: counts[1], loss: counts[2])

        var state: OptimizerState<Element>?
        if try SavedHandle.hasState(block) {
            let made = try makeState(of: try makeRule(parameters))
            try SavedHandle.restore(made, from: block)
            state = made
        }
        var mask: ZeroMask<Element>?
        if let saved = block.bytes(Self.frozenZeros) {
            let made = try makeMask()
            try restoring { () throws(StateError) in try made.restore(saved.bindMemory(to: UInt8.self)) }
            mask = made
        }
        replace(parameters, state, mask, refusals, isDisplaced: counts[3] != 0 && type.displaces)
        lastLearningRate = own[4]
        return SLIP_OK
    }
}
