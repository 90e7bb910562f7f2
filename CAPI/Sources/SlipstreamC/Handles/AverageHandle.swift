import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// What a `slip_average_…` handle points to.
final class AverageHandle<Element: Scalar>: OwnedHandle {
    static var argument: String { "average" }

    private let type: any Accelerator.Type
    private let layout: Layout
    private(set) var parameters: Parameters
    private var made: (any AcceleratorState<Element>)?
    private var scratch = Scratch<Element>()

    init(_ type: any Accelerator.Type, _ layout: Layout) {
        self.type = type
        self.layout = layout
        parameters = Parameters(of: type.name, type.settings + [Parameters.threads])
    }

    private var workers: Workers { parameters.workers }

    func set(_ name: UnsafePointer<CChar>?, _ value: Double) throws(Failure) -> slip_status {
        try parameters.set(name, value) { (setting, changed) throws(Failure) in
            guard let made, setting != Parameters.threads else { return }
            guard made.vectors.isEmpty else {
                throw Failure(SLIP_WRONG_STATE, "\(setting.name) cannot change after the first point")
            }
            let state = try makeState(changed)
            try SavedHandle.takeCounts(of: made, into: state)
            self.made = state
        }
        return SLIP_OK
    }

    private func makeState(_ parameters: Parameters) throws(Failure) -> any AcceleratorState<Element> {
        do {
            let average = try type.init(settings: parameters.values(of: type.settings))
            return try average.makeState(
                count: layout.usedCount, gradientCount: layout.trainableCount, as: Element.self)
        } catch let error as AcceleratorError {
            throw Failure(error)
        } catch let error as SettingError {
            throw Failure(error)
        } catch { throw Failure(SLIP_INVALID_ARGUMENT, "\(error)") }
    }

    private func point<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ name: String
    ) throws(Failure) -> Pieces<Element> {
        try Pieces(array, number, name, expected: layout.count, of: layout.trainable + layout.statistics)
    }

    func push<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let point = try point(array, number, "point")
        let state = if let made { made } else { try makeState(parameters) }
        let elements = try scratch.contiguous(point, workers: workers)
        made = state
        try accelerating { () throws(AcceleratorError) in
            try state.observe(UnsafeBufferPointer(elements), meanGradient: nil, workers: workers)
        }
        return SLIP_OK
    }

    func propose<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let target = try point(array, number, "target")
        try requireDisjoint(writing: target)
        guard let made else { throw Failure(.noPoints) }
        let elements = try scratch.target(target)
        let outcome = try accelerating { () throws(AcceleratorError) in
            try made.propose(into: elements, workers: workers)
        }
        Scratch.hand(elements, to: target, workers: workers)
        return outcome == .accepted ? SLIP_OK : SLIP_REJECTED
    }

    func withdraw() -> slip_status {
        made?.withdrawProposal()
        return SLIP_OK
    }

    func reset() -> slip_status {
        made?.reset()
        return SLIP_OK
    }

    func readStatistics(_ target: UnsafeMutablePointer<slip_average_statistics>?) throws(Failure) -> slip_status {
        let target = try require(target, "statistics")
        try Tagged.check(target, "statistics", least: Tagged.firstSize(of: slip_average_statistics.self))
        let diagnostics = made?.diagnostics
        let tally = diagnostics?.tally ?? Tally()
        Tagged.write(
            slip_average_statistics(
                size: 0, window: UInt64(parameters.values["window"] ?? 0), fill: UInt64(diagnostics?.fill ?? 0),
                points: UInt64(tally.points), refused: UInt64(tally.refused), accepted: UInt64(tally.accepted),
                rejected_worse: UInt64(tally.rejected[.worse] ?? 0)), to: target)
        return SLIP_OK
    }

    private var kind: String { "\(type.name) \(Element.scalarName)" }

    func save(
        _ block: UnsafeMutableRawPointer?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
    ) throws(Failure) -> slip_status {
        var content = SavedHandle.begin(kind, layout, parameters)
        SavedHandle.add(made, to: &content)
        return try content.write(to: block, capacity: capacity, size, workers: workers)
    }

    func load(_ block: UnsafeRawPointer?, _ size: Int) throws(Failure) -> slip_status {
        let block = try BlockReader(block, size, workers: workers)
        // What is read of it points into memory that it may own.
        defer { withExtendedLifetime(block) {} }
        let parameters = try SavedHandle.parameters(in: block, kind: kind, layout: layout, for: parameters)
        var state: (any AcceleratorState<Element>)?
        if try SavedHandle.hasState(block) {
            let made = try makeState(parameters)
            try SavedHandle.restore(made, from: block)
            state = made
        }
        (made, self.parameters) = (state, parameters)
        return SLIP_OK
    }
}
