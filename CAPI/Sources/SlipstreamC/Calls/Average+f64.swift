// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

private typealias Handle = AverageHandle<Double>

@c @implementation
public func slip_average_create_f64(
    _ name: UnsafePointer<CChar>!, _ count: Int, _ average: UnsafeMutablePointer<OpaquePointer?>!
) -> slip_status {
    Handle.create(average) { () throws(Failure) in AverageHandle(try Catalogue.average(name), try Layout(count: count))
    }
}

@c @implementation
public func slip_average_create_with_layout_f64(
    _ name: UnsafePointer<CChar>!, _ layout: UnsafePointer<slip_layout_segment>!, _ segments: Int,
    _ average: UnsafeMutablePointer<OpaquePointer?>!
) -> slip_status {
    Handle.create(average) { () throws(Failure) in
        AverageHandle(try Catalogue.average(name), try Layout(layout, segments))
    }
}

@c @implementation
public func slip_average_destroy_f64(_ average: OpaquePointer!) { Handle.destroy(average) }

@c @implementation
public func slip_average_set_f64(
    _ average: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: Double
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.set(name, value) }
}

@c @implementation
public func slip_average_get_f64(
    _ average: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Double>!
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.parameters.get(name, value) }
}

@c @implementation
public func slip_average_parameter_f64(
    _ average: OpaquePointer!, _ index: Int, _ parameter: UnsafeMutablePointer<slip_parameter>!
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.parameters.describe(index, parameter) }
}

@c @implementation
public func slip_average_push_f64(
    _ average: OpaquePointer!, _ point: UnsafePointer<slip_const_segment_f64>!, _ segments: Int
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.push(point, segments) }
}

@c @implementation
public func slip_average_propose_f64(
    _ average: OpaquePointer!, _ target: UnsafePointer<slip_segment_f64>!, _ segments: Int
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.propose(target, segments) }
}

@c @implementation
public func slip_average_withdraw_f64(_ average: OpaquePointer!) -> slip_status {
    Handle.call(average) { $0.withdraw() }
}

@c @implementation
public func slip_average_read_statistics_f64(
    _ average: OpaquePointer!, _ statistics: UnsafeMutablePointer<slip_average_statistics>!
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.readStatistics(statistics) }
}

@c @implementation
public func slip_average_reset_f64(_ average: OpaquePointer!) -> slip_status {
    Handle.call(average) { $0.reset() }
}

@c @implementation
public func slip_average_save_f64(
    _ average: OpaquePointer!, _ block: UnsafeMutableRawPointer!, _ capacity: Int, _ size: UnsafeMutablePointer<Int>!
) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.save(block, capacity, size) }
}

@c @implementation
public func slip_average_load_f64(_ average: OpaquePointer!, _ block: UnsafeRawPointer!, _ size: Int) -> slip_status {
    Handle.call(average) { (handle) throws(Failure) in try handle.load(block, size) }
}
