// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

private typealias Handle = OptimizerHandle<Float>

@c @implementation
public func slip_optimizer_create_f32(
    _ rule: UnsafePointer<CChar>!, _ count: Int, _ optimizer: UnsafeMutablePointer<OpaquePointer?>!
) -> slip_status {
    Handle.create(optimizer) { () throws(Failure) in
        try OptimizerHandle(try Catalogue.rule(rule), try Layout(count: count))
    }
}

@c @implementation
public func slip_optimizer_create_with_layout_f32(
    _ rule: UnsafePointer<CChar>!, _ layout: UnsafePointer<slip_layout_segment>!, _ segments: Int,
    _ optimizer: UnsafeMutablePointer<OpaquePointer?>!
) -> slip_status {
    Handle.create(optimizer) { () throws(Failure) in
        try OptimizerHandle(try Catalogue.rule(rule), try Layout(layout, segments))
    }
}

@c @implementation
public func slip_optimizer_destroy_f32(_ optimizer: OpaquePointer!) { Handle.destroy(optimizer) }

@c @implementation
public func slip_optimizer_set_f32(
    _ optimizer: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: Double
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.set(name, value) }
}

@c @implementation
public func slip_optimizer_get_f32(
    _ optimizer: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Double>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.parameters.get(name, value) }
}

@c @implementation
public func slip_optimizer_parameter_f32(
    _ optimizer: OpaquePointer!, _ index: Int, _ parameter: UnsafeMutablePointer<slip_parameter>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.parameters.describe(index, parameter) }
}

@c @implementation
public func slip_optimizer_displace_f32(
    _ optimizer: OpaquePointer!, _ weights: UnsafePointer<slip_segment_f32>!, _ segments: Int
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.displace(weights, segments) }
}

@c @implementation
public func slip_optimizer_step_f32(
    _ optimizer: OpaquePointer!, _ weights: UnsafePointer<slip_segment_f32>!, _ segments: Int,
    _ gradient: UnsafePointer<slip_const_segment_f32>!, _ gradient_segments: Int, _ loss: Double
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in
        try handle.step(weights, segments, gradient: gradient, gradient_segments, loss: loss)
    }
}

@c @implementation
public func slip_optimizer_read_iterate_f32(
    _ optimizer: OpaquePointer!, _ weights: UnsafePointer<slip_const_segment_f32>!, _ segments: Int,
    _ iterate: UnsafePointer<slip_segment_f32>!, _ iterate_segments: Int
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in
        try handle.readIterate(weights, segments, into: iterate, iterate_segments)
    }
}

@c @implementation
public func slip_optimizer_freeze_zeros_f32(
    _ optimizer: OpaquePointer!, _ weights: UnsafePointer<slip_const_segment_f32>!, _ segments: Int,
    _ frozen: UnsafeMutablePointer<UInt64>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.freezeZeros(weights, segments, frozen) }
}

@c @implementation
public func slip_optimizer_thaw_f32(_ optimizer: OpaquePointer!) -> slip_status {
    Handle.call(optimizer) { $0.thaw() }
}

@c @implementation
public func slip_optimizer_count_zeros_f32(
    _ optimizer: OpaquePointer!, _ weights: UnsafePointer<slip_const_segment_f32>!, _ segments: Int,
    _ zeros: UnsafeMutablePointer<UInt64>!, _ regularized: UnsafeMutablePointer<UInt64>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.countZeros(weights, segments, zeros, regularized) }
}

@c @implementation
public func slip_optimizer_read_statistics_f32(
    _ optimizer: OpaquePointer!, _ statistics: UnsafeMutablePointer<slip_optimizer_statistics>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.readStatistics(statistics) }
}

@c @implementation
public func slip_optimizer_reset_f32(_ optimizer: OpaquePointer!) -> slip_status {
    Handle.call(optimizer) { $0.reset() }
}

@c @implementation
public func slip_optimizer_save_f32(
    _ optimizer: OpaquePointer!, _ block: UnsafeMutableRawPointer!, _ capacity: Int, _ size: UnsafeMutablePointer<Int>!
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.save(block, capacity, size) }
}

@c @implementation
public func slip_optimizer_load_f32(
    _ optimizer: OpaquePointer!, _ block: UnsafeRawPointer!, _ size: Int
) -> slip_status {
    Handle.call(optimizer) { (handle) throws(Failure) in try handle.load(block, size) }
}
