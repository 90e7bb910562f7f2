// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream

@c @implementation
public func slip_version() -> UnsafePointer<CChar>! { StaticText.version }

@c @implementation
public func slip_abi_version() -> UInt32 { UInt32(SLIP_ABI_VERSION) }

@c @implementation
public func slip_status_name(_ status: slip_status) -> UnsafePointer<CChar>! {
    StatusName.texts[status.rawValue] ?? StatusName.unknown
}

/// The names of all statuses.
enum StatusName {
    nonisolated(unsafe) static let texts: [slip_status.RawValue: UnsafePointer<CChar>] = [
        SLIP_OK.rawValue: StaticText.make("SLIP_OK"),
        SLIP_REJECTED.rawValue: StaticText.make("SLIP_REJECTED"),
        SLIP_DONE.rawValue: StaticText.make("SLIP_DONE"),
        SLIP_INVALID_ARGUMENT.rawValue: StaticText.make("SLIP_INVALID_ARGUMENT"),
        SLIP_UNKNOWN_NAME.rawValue: StaticText.make("SLIP_UNKNOWN_NAME"),
        SLIP_OUT_OF_RANGE.rawValue: StaticText.make("SLIP_OUT_OF_RANGE"),
        SLIP_WRONG_COUNT.rawValue: StaticText.make("SLIP_WRONG_COUNT"),
        SLIP_NOT_FINITE.rawValue: StaticText.make("SLIP_NOT_FINITE"),
        SLIP_NO_POINTS.rawValue: StaticText.make("SLIP_NO_POINTS"),
        SLIP_WRONG_STATE.rawValue: StaticText.make("SLIP_WRONG_STATE"),
        SLIP_OUT_OF_MEMORY.rawValue: StaticText.make("SLIP_OUT_OF_MEMORY"),
        SLIP_INCOMPATIBLE.rawValue: StaticText.make("SLIP_INCOMPATIBLE"),
        SLIP_DAMAGED.rawValue: StaticText.make("SLIP_DAMAGED"),
        SLIP_FOREIGN.rawValue: StaticText.make("SLIP_FOREIGN"),
    ]

    nonisolated(unsafe) static let unknown = StaticText.make("unknown status")
}
