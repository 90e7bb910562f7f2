import CSlipstream

/// What a handle of C points to: an object that the caller owns.
protocol OwnedHandle: AnyObject {
    /// What messages call a pointer to it.
    static var argument: String { get }
}

extension OwnedHandle {
    /// The object behind a pointer.
    static func from(_ pointer: OpaquePointer?) throws(Failure) -> Self {
        Unmanaged<Self>.fromOpaque(UnsafeRawPointer(try require(pointer, argument))).takeUnretainedValue()
    }

    /// Runs a call on the object behind a pointer.
    static func call(
        _ pointer: OpaquePointer?, _ body: (Self) throws(Failure) -> slip_status
    ) -> slip_status {
        guarded { () throws(Failure) in try body(try from(pointer)) }
    }

    /// Makes an object and hands its ownership to the caller.
    static func create(
        _ result: UnsafeMutablePointer<OpaquePointer?>?, _ make: () throws(Failure) -> Self
    ) -> slip_status {
        guarded { () throws(Failure) in
            let result = try require(result, argument)
            result.pointee = OpaquePointer(Unmanaged.passRetained(try make()).toOpaque())
            return SLIP_OK
        }
    }

    /// Takes back the ownership.
    static func destroy(_ pointer: OpaquePointer?) {
        guard let pointer else { return }
        Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }
}
