import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// What a call returns when it cannot do what it is for.
struct Failure: Error {
    let status: slip_status
    let message: String

    init(_ status: slip_status, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: SettingError) {
        switch error {
        case .unknown: self.init(SLIP_UNKNOWN_NAME, error.description)
        case .outOfRange: self.init(SLIP_OUT_OF_RANGE, error.description)
        case .incompatible: self.init(SLIP_INCOMPATIBLE, error.description)
        }
    }

    init(_ error: AcceleratorError) {
        switch error {
        case .wrongCount: self.init(SLIP_WRONG_COUNT, error.description)
        case .notFinite, .overflow: self.init(SLIP_NOT_FINITE, error.description)
        case .noPoints: self.init(SLIP_NO_POINTS, error.description)
        case .allocation: self.init(SLIP_OUT_OF_MEMORY, error.description)
        case .setting(let error): self.init(error)
        case .unknownAccelerator: self.init(SLIP_UNKNOWN_NAME, error.description)
        default: self.init(SLIP_INVALID_ARGUMENT, error.description)
        }
    }

    init(_ error: OptimizerError) {
        switch error {
        case .wrongCount: self.init(SLIP_WRONG_COUNT, error.description)
        case .badLearningRate: self.init(SLIP_OUT_OF_RANGE, error.description)
        case .unknownRule: self.init(SLIP_UNKNOWN_NAME, error.description)
        case .setting(let error): self.init(error)
        case .allocation(let error): self.init(error)
        default: self.init(SLIP_WRONG_STATE, error.description)
        }
    }

    init(_ error: AllocationError) { self.init(SLIP_OUT_OF_MEMORY, error.description) }

    /// A saved state that cannot be loaded, though it is as it was saved.
    init(_ error: StateError) {
        switch error {
        case .allocation(let error): self.init(error)
        default: self.init(SLIP_FOREIGN, error.description)
        }
    }
}

/// Runs the body of a call and turns a failure into its status and this thread's message.
func guarded(_ body: () throws(Failure) -> slip_status) -> slip_status {
    do {
        return try body()
    } catch {
        LastError.set(error.message)
        return error.status
    }
}

/// Runs a call on the library and turns its error into a failure.
func accelerating<Result>(_ body: () throws(AcceleratorError) -> Result) throws(Failure) -> Result {
    do { return try body() } catch { throw Failure(error) }
}

/// Runs a call on a state that is saved or loaded and turns its error into a failure.
func restoring<Result>(_ body: () throws(StateError) -> Result) throws(Failure) -> Result {
    do { return try body() } catch { throw Failure(error) }
}

/// `pointer`, unless it is null.
func require<Pointer>(_ pointer: Pointer?, _ name: String) throws(Failure) -> Pointer {
    guard let pointer else { throw Failure(SLIP_INVALID_ARGUMENT, "\(name) is a null pointer") }
    return pointer
}
