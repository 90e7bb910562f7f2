import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// What a `slip_rna_…` handle points to.
final class RNAHandle<Element: Scalar> {
    private static var threads: Setting {
        Setting(
            "threads", standard: 0, range: .whole(0, 1024),
            summary: "How many threads a call may use; 0: one for each processor.")
    }

    private let count: Int
    private let settings: [Setting]
    private var values: [String: Double] = [:]
    private var made: RNAState<Element>?

    init(count: Int) {
        self.count = count
        let residualCount = Setting(
            "residual-count", standard: Double(count), range: .whole(0, count),
            summary: "How many of a point's elements have residuals.")
        settings = [RNA.window, RNA.regularization, RNA.relaxation, residualCount, Self.threads]
        for setting in settings { values[setting.name] = setting.standard }
    }

    /// The handle behind a pointer.
    static func from(_ pointer: OpaquePointer?) throws(Failure) -> RNAHandle {
        Unmanaged<RNAHandle>.fromOpaque(UnsafeRawPointer(try require(pointer, "rna"))).takeUnretainedValue()
    }

    /// Makes a handle and hands its ownership to the caller.
    static func create(_ count: Int, _ result: UnsafeMutablePointer<OpaquePointer?>?) -> slip_status {
        guarded { () throws(Failure) in
            let result = try require(result, "rna")
            // Counts are kept as numbers that Float64 holds exactly; no memory is nearly as large.
            guard 0...(1 << 53) ~= count else {
                throw Failure(SLIP_OUT_OF_MEMORY, "a point of so many elements fits no memory")
            }
            result.pointee = OpaquePointer(Unmanaged.passRetained(RNAHandle(count: count)).toOpaque())
            return SLIP_OK
        }
    }

    /// Takes back the ownership.
    static func destroy(_ pointer: OpaquePointer?) {
        guard let pointer else { return }
        Unmanaged<RNAHandle>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }

    private func setting(_ name: UnsafePointer<CChar>?) throws(Failure) -> Setting {
        let name = String(cString: try require(name, "name"))
        guard let setting = settings.first(where: { $0.name == name }) else {
            throw Failure(.unknown(name: name, owner: RNA.name, known: settings.map(\.name)))
        }
        return setting
    }

    func set(_ name: UnsafePointer<CChar>?, _ value: Double) throws(Failure) -> slip_status {
        let setting = try setting(name)
        do { _ = try setting.checked(value) } catch { throw Failure(error) }
        if made != nil, ["window", "residual-count"].contains(setting.name), values[setting.name] != value {
            throw Failure(SLIP_WRONG_STATE, "\(setting.name) cannot change after the first point")
        }
        values[setting.name] = value
        if let made {
            let settings = try rna
            try accelerating { () throws(AcceleratorError) in try made.configure(settings) }
        }
        return SLIP_OK
    }

    func get(_ name: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Double>?) throws(Failure) -> slip_status {
        let setting = try setting(name)
        try require(value, "value").pointee = values[setting.name] ?? setting.standard
        return SLIP_OK
    }

    private var rna: RNA {
        get throws(Failure) {
            do {
                return try RNA(
                    window: Int(values["window"] ?? 0), regularization: values["regularization"] ?? 0,
                    relaxation: values["relaxation"] ?? 1)
            } catch { throw Failure(error) }
        }
    }

    private var residualCount: Int { Int(values["residual-count"] ?? 0) }

    private var workers: Workers {
        let threads = Int(values["threads"] ?? 0)
        return threads > 0 ? Workers(threads) : .all
    }

    /// The history, which is made when the first point comes.
    private var state: RNAState<Element> {
        get throws(Failure) {
            if let made { return made }
            let settings = try rna
            let state = try accelerating { () throws(AcceleratorError) in
                try RNAState<Element>(settings, count: count, residualCount: residualCount)
            }
            made = state
            return state
        }
    }

    func start<P: Piece>(_ point: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status
    where P.Element == Element {
        let point = try segments(point, number, "point", expected: count)
        let state = try state
        try accelerating { () throws(AcceleratorError) in try state.start(at: point, workers: workers) }
        return SLIP_OK
    }

    func push<P: Piece>(_ point: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status
    where P.Element == Element {
        let point = try segments(point, number, "point", expected: count)
        let state = try state
        try accelerating { () throws(AcceleratorError) in try state.push(point, workers: workers) }
        return SLIP_OK
    }

    func push<P: Piece>(
        _ point: UnsafePointer<P>?, _ number: Int, residual: UnsafePointer<P>?, _ residualNumber: Int
    ) throws(Failure) -> slip_status where P.Element == Element {
        let point = try segments(point, number, "point", expected: count)
        let residual = try segments(residual, residualNumber, "residual", expected: residualCount)
        let state = try state
        try accelerating { () throws(AcceleratorError) in
            try state.push(point, residual: residual, workers: workers)
        }
        return SLIP_OK
    }

    func extrapolate<P: Piece>(_ target: UnsafePointer<P>?, _ number: Int) throws(Failure) -> slip_status
    where P.Element == Element {
        let target = try mutableSegments(target, number, "target", expected: count)
        guard let made else { throw Failure(.noPoints) }
        let outcome = try accelerating { () throws(AcceleratorError) in
            try made.extrapolate(into: target, workers: workers)
        }
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

    func coefficients(
        _ target: UnsafeMutablePointer<Double>?, capacity: Int, _ count: UnsafeMutablePointer<Int>?
    ) throws(Failure) -> slip_status {
        let count = try require(count, "count")
        let coefficients = made?.solve().coefficients ?? []
        count.pointee = coefficients.count
        if target == nil, capacity == 0 { return SLIP_OK }
        let target = try require(target, "coefficients")
        guard coefficients.count <= capacity else {
            throw Failure(
                SLIP_WRONG_COUNT, "there are \(coefficients.count) coefficients, and the array holds \(capacity)")
        }
        target.update(from: coefficients, count: coefficients.count)
        return SLIP_OK
    }

    func readStatistics(_ target: UnsafeMutablePointer<slip_rna_statistics>?) throws(Failure) -> slip_status {
        let target = try require(target, "statistics")
        let known = MemoryLayout<slip_rna_statistics>.size
        let size = UnsafeRawPointer(target).load(as: Int.self)
        guard size >= known else {
            throw Failure(SLIP_INVALID_ARGUMENT, "statistics->size is \(size); set it to sizeof, at least \(known)")
        }
        let solution = made?.solve()
        let tally = made?.diagnostics.tally ?? Tally()
        func rejected(_ reason: Rejection) -> UInt64 { UInt64(tally.rejected[reason] ?? 0) }
        target.pointee = slip_rna_statistics(
            size: size, window: UInt64(values["window"] ?? 0), fill: UInt64(made?.fill ?? 0),
            points: UInt64(tally.points), refused: UInt64(tally.refused), accepted: UInt64(tally.accepted),
            rejected_too_few_points: rejected(.tooFewPoints), rejected_zero_residuals: rejected(.zeroResiduals),
            rejected_vanishing_sum: rejected(.vanishingSum), rejected_not_finite: rejected(.notFinite),
            rejected_worse: rejected(.worse), condition_number: solution?.conditionNumber ?? .nan,
            spectral_norm: solution?.spectralNorm ?? 0)
        return SLIP_OK
    }
}
