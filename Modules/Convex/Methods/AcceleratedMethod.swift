import Accelerators
import Buffers

/// A method whose sequence RNA extrapolates.
///
/// - Offline, the method runs as it would, and the extrapolations beside it are what is measured.
/// - Online, it goes on from every extrapolation; with momentum, that takes the momentum's place.
/// - Restarting, it goes on from an extrapolation after every N steps.
public struct AcceleratedMethod: ConvexMethod {
    /// What is accelerated.
    public let base: any ConvexMethod
    /// N, λ or its grid, β.
    public let rna: RNA
    /// Whether and when the method goes on from extrapolations.
    public let mode: AccelerationMode
    /// Whether an extrapolation with a larger f than the plain iterate's is left. Costs two values of f a step; a grid has
    /// the guard built in.
    public let isGuarded: Bool

    /// Keeps the settings.
    public init(_ base: any ConvexMethod, rna: RNA, mode: AccelerationMode, isGuarded: Bool) {
        self.base = base
        self.rna = rna
        self.mode = mode
        self.isGuarded = isGuarded
    }

    public var name: String {
        let kind =
            if rna.grid != nil { mode == .online ? "adaptive" : "adaptive-\(mode.rawValue)" } else if mode == .online {
                isGuarded ? "guarded" : "online"
            } else { mode.rawValue }
        return "\(base.name)+rna-\(kind)"
    }

    public func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun {
        try AcceleratedRun(self, objective, start)
    }
}

/// A method and an acceleration that take turns.
public final class AcceleratedRun: ConvexRun {
    /// The point to measure: the extrapolation where it is taken, or, offline, where there is one.
    public private(set) var point: [Double]
    private let objective: CountedObjective
    private let run: any ConvexRun
    private let acceleration: Acceleration<Double>
    private let measures: Bool
    private let target: AlignedBuffer<Double>

    init(_ method: AcceleratedMethod, _ objective: CountedObjective, _ start: [Double]) throws(ConvexError) {
        self.objective = objective
        run = try method.base.makeRun(objective, from: start)
        measures = method.rna.grid != nil || (method.isGuarded && method.mode != .offline)
        point = start
        do {
            acceleration = try Acceleration(
                method.rna, mode: method.mode, count: start.count, gradientCount: start.count)
            target = try AlignedBuffer(start)
            try acceleration.begin(at: target.elements, workers: .serial)
        } catch let error as AcceleratorError {
            throw .accelerator(error)
        } catch let error as AllocationError {
            throw .allocation(error)
        } catch { throw .notFinite(what: "the start") }
    }

    public var origin: [Double] { run.origin }

    /// What the acceleration holds and what was counted.
    public var diagnostics: Diagnostics { acceleration.diagnostics }

    public func step() {
        run.step()
        point = run.point
        // A method that has diverged has nothing to extrapolate; its own point says enough.
        try? extrapolate()
    }

    private func extrapolate() throws(AcceleratorError) {
        assign(run.point)
        var outcome = try acceleration.endEpoch(at: target.elements, workers: .serial)
        var plain: Double?
        if outcome == .accepted, measures {
            let value = objective.value(at: run.point)
            plain = value
            repeat {
            } while try acceleration.refine(
                plain: value, proposed: objective.value(at: Array(acceleration.proposal.elements)), workers: .serial)
        }
        outcome = try acceleration.decide(plain: plain, moving: target.mutableElements, workers: .serial)
        if outcome == .accepted { point = Array(acceleration.proposal.elements) }
        if outcome == .accepted, acceleration.mode != .offline {
            run.move(to: point)
        } else if run.origin != run.point {
            assign(run.origin)
            try acceleration.begin(at: target.elements, workers: .serial)
        }
    }

    private func assign(_ source: [Double]) {
        for k in source.indices { target.pointer[k] = source[k] }
    }

    /// Goes on from another point, with a history that begins there.
    public func move(to point: [Double]) {
        run.move(to: point)
        self.point = point
        assign(point)
        try? acceleration.begin(at: target.elements, workers: .serial)
    }
}
