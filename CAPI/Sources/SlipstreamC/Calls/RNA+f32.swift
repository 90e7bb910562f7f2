// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

private typealias Handle = RNAHandle<Float>

@c @implementation
public func slip_rna_create_f32(_ count: Int, _ rna: UnsafeMutablePointer<OpaquePointer?>!) -> slip_status {
    Handle.create(rna) { () throws(Failure) in RNAHandle(try Layout(count: count)) }
}

@c @implementation
public func slip_rna_create_with_layout_f32(
    _ layout: UnsafePointer<slip_layout_segment>!, _ segments: Int, _ rna: UnsafeMutablePointer<OpaquePointer?>!
) -> slip_status {
    Handle.create(rna) { () throws(Failure) in RNAHandle(try Layout(layout, segments)) }
}

@c @implementation
public func slip_rna_destroy_f32(_ rna: OpaquePointer!) { Handle.destroy(rna) }

@c @implementation
public func slip_rna_set_f32(_ rna: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: Double) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.set(name, value) }
}

@c @implementation
public func slip_rna_get_f32(
    _ rna: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Double>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.parameters.get(name, value) }
}

@c @implementation
public func slip_rna_parameter_f32(
    _ rna: OpaquePointer!, _ index: Int, _ parameter: UnsafeMutablePointer<slip_parameter>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.parameters.describe(index, parameter) }
}

@c @implementation
public func slip_rna_start_f32(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f32>!, _ segments: Int
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.start(point, segments) }
}

@c @implementation
public func slip_rna_push_f32(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f32>!, _ segments: Int
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.push(point, segments) }
}

@c @implementation
public func slip_rna_push_with_residual_f32(
    _ rna: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f32>!, _ segments: Int,
    _ residual: UnsafePointer<slip_const_segment_f32>!, _ residual_segments: Int
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in
        try handle.push(point, segments, residual: residual, residual_segments)
    }
}

@c @implementation
public func slip_rna_extrapolate_f32(
    _ rna: OpaquePointer!, _ target: UnsafePointer<slip_segment_f32>!, _ segments: Int
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.extrapolate(target, segments) }
}

@c @implementation
public func slip_rna_withdraw_f32(_ rna: OpaquePointer!) -> slip_status {
    Handle.call(rna) { $0.withdraw() }
}

@c @implementation
public func slip_rna_search_begin_f32(_ rna: OpaquePointer!, _ last_objective: Double) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.beginSearch(lastObjective: last_objective) }
}

@c @implementation
public func slip_rna_search_next_f32(
    _ rna: OpaquePointer!, _ target: UnsafePointer<slip_segment_f32>!, _ segments: Int,
    _ candidate: UnsafeMutablePointer<slip_rna_candidate>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.nextCandidate(target, segments, candidate) }
}

@c @implementation
public func slip_rna_search_report_f32(_ rna: OpaquePointer!, _ objective: Double) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.report(objective) }
}

@c @implementation
public func slip_rna_search_finish_f32(
    _ rna: OpaquePointer!, _ target: UnsafePointer<slip_segment_f32>!, _ segments: Int,
    _ best: UnsafeMutablePointer<slip_rna_candidate>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.finishSearch(target, segments, best) }
}

@c @implementation
public func slip_rna_coefficients_f32(
    _ rna: OpaquePointer!, _ coefficients: UnsafeMutablePointer<Double>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.coefficients(coefficients, capacity: capacity, count) }
}

@c @implementation
public func slip_rna_read_statistics_f32(
    _ rna: OpaquePointer!, _ statistics: UnsafeMutablePointer<slip_rna_statistics>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.readStatistics(statistics) }
}

@c @implementation
public func slip_rna_reset_f32(_ rna: OpaquePointer!) -> slip_status {
    Handle.call(rna) { $0.reset() }
}

@c @implementation
public func slip_rna_save_f32(
    _ rna: OpaquePointer!, _ block: UnsafeMutableRawPointer!, _ capacity: Int, _ size: UnsafeMutablePointer<Int>!
) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.save(block, capacity, size) }
}

@c @implementation
public func slip_rna_load_f32(_ rna: OpaquePointer!, _ block: UnsafeRawPointer!, _ size: Int) -> slip_status {
    Handle.call(rna) { (handle) throws(Failure) in try handle.load(block, size) }
}
