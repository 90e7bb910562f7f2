// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

private typealias Handle = RNAHandle<Double>

@c @implementation
public func slip_rna_create_f64(_ count: Int, _ rna: UnsafeMutablePointer<OpaquePointer?>!) -> slip_status {
    Handle.create(count, rna)
}

@c @implementation
public func slip_rna_destroy_f64(_ rna: OpaquePointer!) { Handle.destroy(rna) }

@c @implementation
public func slip_rna_set_f64(_ rna: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: Double) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).set(name, value) }
}

@c @implementation
public func slip_rna_get_f64(
    _ rna: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Double>!
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).get(name, value) }
}

@c @implementation
public func slip_rna_start_f64(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f64>!, _ segments: Int
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).start(point, segments) }
}

@c @implementation
public func slip_rna_push_f64(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f64>!, _ segments: Int
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).push(point, segments) }
}

@c @implementation
public func slip_rna_push_with_residual_f64(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f64>!, _ segments: Int,
    _ residual: UnsafePointer<slip_const_segment_f64>!, _ residual_segments: Int
) -> slip_status {
    guarded { () throws(Failure) in
        try Handle.from(rna).push(point, segments, residual: residual, residual_segments)
    }
}

@c @implementation
public func slip_rna_extrapolate_f64(
    _ rna: OpaquePointer!, _ target: UnsafePointer<slip_segment_f64>!, _ segments: Int
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).extrapolate(target, segments) }
}

@c @implementation
public func slip_rna_withdraw_f64(_ rna: OpaquePointer!) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).withdraw() }
}

@c @implementation
public func slip_rna_coefficients_f64(
    _ rna: OpaquePointer!, _ coefficients: UnsafeMutablePointer<Double>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).coefficients(coefficients, capacity: capacity, count) }
}

@c @implementation
public func slip_rna_read_statistics_f64(
    _ rna: OpaquePointer!, _ statistics: UnsafeMutablePointer<slip_rna_statistics>!
) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).readStatistics(statistics) }
}

@c @implementation
public func slip_rna_reset_f64(_ rna: OpaquePointer!) -> slip_status {
    guarded { () throws(Failure) in try Handle.from(rna).reset() }
}
