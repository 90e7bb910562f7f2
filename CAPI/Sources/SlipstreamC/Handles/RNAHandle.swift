import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// What a `slip_rna_…` handle points to.
final class RNAHandle<Element: Scalar>: OwnedHandle {
    static var argument: String { "rna" }

    private static var grid: Setting {
        Setting(
            RNA.grid.name, standard: 1, range: .whole(1, 2),
            summary: "The lambdas that a search tries: 1 for a logarithmic grid, 2 for one of singular values.")
    }
    private static var stepSearch: Setting {
        Setting(
            RNA.stepSearch.name, standard: RNA.stepSearch.standard, range: RNA.stepSearch.range,
            summary: "Whether a search also tries the steps 2, 4, 8, … along the best extrapolation.")
    }

    let layout: Layout
    var parameters: Parameters
    var made: RNAState<Element>?
    /// The search under way, and whether a candidate has been handed out that is not yet measured.
    var search: (state: RNASearch, isMeasuring: Bool)?
    private let residualCount: Setting

    init(_ layout: Layout) {
        self.layout = layout
        // Statistics lie behind the rest in what is stored, so that residuals are those of the first elements.
        residualCount = Setting(
            "residual-count", standard: Double(layout.trainableCount), range: .whole(0, layout.usedCount),
            summary: "How many of a point's elements have residuals: the first so many.")
        parameters = Parameters(
            of: RNA.name,
            [
                RNA.window, RNA.regularization, RNA.relaxation, Self.grid, Self.stepSearch, residualCount,
                Parameters.threads,
            ])
    }

    var count: Int { layout.usedCount }
    var workers: Workers { parameters.workers }

    func set(_ name: UnsafePointer<CChar>?, _ value: Double) throws(Failure) -> slip_status {
        try parameters.set(name, value) { (setting, changed) throws(Failure) in
            if setting == residualCount, !layout.statistics.isEmpty {
                throw Failure(SLIP_WRONG_STATE, "\(setting.name) cannot change: the layout tells what has a residual")
            }
            guard let made else { return }
            if setting == RNA.window || setting == residualCount {
                guard made.vectors.isEmpty else {
                    throw Failure(SLIP_WRONG_STATE, "\(setting.name) cannot change after the first point")
                }
                let state = try makeState(changed)
                try SavedHandle.takeCounts(of: made, into: state)
                self.made = state
                return
            }
            let settings = try Self.settings(changed)
            try accelerating { () throws(AcceleratorError) in try made.configure(settings) }
        }
        return SLIP_OK
    }

    static func settings(_ parameters: Parameters) throws(Failure) -> RNA {
        do {
            return try RNA(
                window: Int(parameters[RNA.window]), regularization: parameters[RNA.regularization],
                relaxation: parameters[RNA.relaxation])
        } catch { throw Failure(error) }
    }

    func makeState(_ parameters: Parameters) throws(Failure) -> RNAState<Element> {
        let settings = try Self.settings(parameters)
        let residuals = Int(parameters[residualCount])
        return try accelerating { () throws(AcceleratorError) in
            try RNAState<Element>(settings, count: count, residualCount: residuals)
        }
    }

    /// The history, which is made when the first point comes.
    private var state: RNAState<Element> {
        get throws(Failure) {
            if let made { return made }
            let state = try makeState(parameters)
            made = state
            return state
        }
    }

    /// A caller's point: its elements with a residual, then the others.
    func point<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ name: String
    ) throws(Failure) -> Pieces<Element> {
        try Pieces(array, number, name, expected: layout.count, of: layout.trainable + layout.statistics)
    }

    func start<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let point = try point(array, number, "point").segments
        let state = try state
        try accelerating { () throws(AcceleratorError) in try state.start(at: point, workers: workers) }
        search = nil
        return SLIP_OK
    }

    func push<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let point = try point(array, number, "point").segments
        let state = try state
        try accelerating { () throws(AcceleratorError) in try state.push(point, workers: workers) }
        search = nil
        return SLIP_OK
    }

    func push<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, residual: UnsafePointer<P>?, _ residualNumber: Int
    ) throws(Failure) -> slip_status {
        let point = try point(array, number, "point").segments
        let expected = Int(parameters[residualCount])
        let residual = try Pieces(residual, residualNumber, "residual", expected: expected, of: [0..<expected]).segments
        let state = try state
        try accelerating { () throws(AcceleratorError) in
            try state.push(point, residual: residual, workers: workers)
        }
        search = nil
        return SLIP_OK
    }

    /// Where a call is to write a point.
    func target<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int
    ) throws(Failure) -> MutableSegments<Element> {
        let target = try point(array, number, "target")
        try requireDisjoint(writing: target)
        return target.mutableSegments
    }

    func extrapolate<P: Piece<Element>>(_ array: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status {
        let target = try target(array, number)
        guard let made else { throw Failure(.noPoints) }
        let outcome = try accelerating { () throws(AcceleratorError) in
            try made.extrapolate(into: target, workers: workers)
        }
        search = nil
        return outcome == .accepted ? SLIP_OK : SLIP_REJECTED
    }

    func withdraw() -> slip_status {
        made?.withdrawProposal()
        return SLIP_OK
    }

    func reset() -> slip_status {
        made?.reset()
        search = nil
        return SLIP_OK
    }
}
