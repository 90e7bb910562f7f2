// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

@c @implementation
public func slip_optimizer_describe(
    _ index: Int, _ description: UnsafeMutablePointer<slip_description>!
) -> slip_status {
    guarded { () throws(Failure) in try Catalogue.describeRule(index, description) }
}

@c @implementation
public func slip_average_describe(
    _ index: Int, _ description: UnsafeMutablePointer<slip_description>!
) -> slip_status {
    guarded { () throws(Failure) in try Catalogue.describeAverage(index, description) }
}
