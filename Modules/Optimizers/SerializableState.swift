import Buffers

/// A state that a checkpoint can hold: everything it is stands in named vectors and named lists of numbers.
///
/// What ``restore(vectors:numbers:)`` reads from another state's ``vectors`` and ``numbers`` continues with the same bits.
public protocol SerializableState<Element>: AnyObject {
    /// The type of the vectors.
    associatedtype Element: Scalar

    /// Makes ``vectors`` and ``numbers`` tell the state as it is now; to be called before they are read. Most states always
    /// do; a plugin is asked for what it remembers.
    ///
    /// - Throws: ``StateError/failed(_:)`` if a plugin cannot tell it.
    func capture() throws(StateError)

    /// All vectors, in a fixed order. The pointers hold until the state next changes.
    var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] { get }

    /// All other numbers, in a fixed order; counters are whole numbers below 2^53.
    var numbers: [(name: String, values: [Double])] { get }

    /// Takes over a saved state, or changes nothing.
    ///
    /// - Parameters:
    ///   - vectors: what ``vectors`` was, by name; they are copied.
    ///   - numbers: what ``numbers`` was, by name.
    /// - Throws: ``StateError`` for an entry that is missing, that does not belong here, or that has another length or
    ///   an impossible value.
    func restore(vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]) throws(StateError)
}

extension SerializableState {
    /// Does nothing.
    public func capture() throws(StateError) {}
}

/// A saved state that does not fit, or a state that cannot be saved.
public enum StateError: Error, Equatable, CustomStringConvertible {
    /// An entry is not there.
    case missing(name: String, expected: [String])
    /// An entry belongs to something else.
    case unexpected(name: String, expected: [String])
    /// An entry has another number of elements.
    case wrongCount(name: String, expected: Int, found: Int)
    /// A number cannot be what it stands for.
    case badValue(name: String, found: String, allowed: String)
    /// Memory for the state could not be had.
    case allocation(AllocationError)
    /// A plugin could not save or load its part.
    case failed(String)

    public var description: String {
        switch self {
        case .missing(let name, let expected):
            "the saved state has no '\(name)'; expected: \(expected.joined(separator: ", "))"
        case .unexpected(let name, let expected):
            "the saved state has '\(name)', which does not belong to it; expected: \(expected.joined(separator: ", "))"
        case .wrongCount(let name, let expected, let found):
            "'\(name)' in the saved state has \(found) elements, not \(expected)"
        case .badValue(let name, let found, let allowed):
            "'\(name)' in the saved state is \(found); allowed: \(allowed)"
        case .allocation(let error): error.description
        case .failed(let reason): reason
        }
    }
}

/// The entries of a saved state, with the checks that every ``SerializableState`` makes of them.
public struct SavedState<Element: Scalar> {
    /// The vectors by name.
    public let vectors: [String: UnsafeBufferPointer<Element>]
    /// The numbers by name.
    public let numbers: [String: [Double]]

    /// Wraps entries.
    public init(vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]) {
        self.vectors = vectors
        self.numbers = numbers
    }

    /// Checks that exactly these entries are there, with these lengths.
    public func expect(
        vectors expected: [(name: String, count: Int)], numbers expectedNumbers: [(name: String, count: Int)]
    ) throws(StateError) {
        try SavedState.compare(vectors.mapValues(\.count), expected)
        try SavedState.compare(numbers.mapValues(\.count), expectedNumbers)
    }

    private static func compare(_ found: [String: Int], _ expected: [(name: String, count: Int)]) throws(StateError) {
        let names = expected.map(\.name)
        for (name, count) in expected {
            guard let number = found[name] else { throw .missing(name: name, expected: names) }
            guard number == count else { throw .wrongCount(name: name, expected: count, found: number) }
        }
        for name in found.keys.sorted() where !names.contains(name) { throw .unexpected(name: name, expected: names) }
    }

    /// The number called `name` as a whole one.
    public func count(_ name: String, in range: ClosedRange<Int>) throws(StateError) -> Int {
        guard let values = numbers[name] else { throw .missing(name: name, expected: [name]) }
        guard values.count == 1 else { throw .wrongCount(name: name, expected: 1, found: values.count) }
        return try SavedState.whole(values[0], name: name, in: range)
    }

    /// `value` as a whole number.
    public static func whole(_ value: Double, name: String, in range: ClosedRange<Int>) throws(StateError) -> Int {
        guard let whole = Int(exactly: value), range.contains(whole) else {
            throw .badValue(
                name: name, found: Number.text(value),
                allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }
}
