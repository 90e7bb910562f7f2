import Synchronization

/// A number as a type.
///
/// An optimizer is a type whose name and settings are static; a plugin's come at run time. So each of them takes a type of its
/// own, `Loaded…<Next<Next<Zero>>>` for the third, and everything else treats it like one that was written in Swift.
protocol Slot: Sendable {
    static var index: Int { get }
    /// The type of the next number.
    static var next: any Slot.Type { get }
}

/// 0.
enum Zero: Slot {
    static var index: Int { 0 }
    static var next: any Slot.Type { Next<Zero>.self }
}

/// One more.
enum Next<Before: Slot>: Slot {
    static var index: Int { Before.index + 1 }
    static var next: any Slot.Type { Next<Next<Before>>.self }
}

/// What fills the slots, in the order in which it came.
final class Slots<Definition: Sendable>: Sendable {
    private let definitions = Mutex<(all: [Definition], free: any Slot.Type)>(([], Zero.self))

    /// Fills the next slot.
    func add(_ definition: Definition) -> any Slot.Type {
        definitions.withLock { definitions in
            let slot = definitions.free
            definitions.all.append(definition)
            definitions.free = slot.next
            return slot
        }
    }

    /// What fills a slot, which must have been filled: only ``add(_:)`` hands slots out.
    subscript(slot: any Slot.Type) -> Definition { definitions.withLock { $0.all[slot.index] } }
}
