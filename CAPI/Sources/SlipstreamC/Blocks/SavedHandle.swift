import Buffers
import CSlipstream
import Optimizers

/// What saved states of all kinds of handle have in common.
enum SavedHandle {
    private static let (parameter, vector, number) = ("parameter.", "vector.", "number.")

    /// Begins a saved state.
    ///
    /// - Parameters:
    ///   - kind: what was saved, such as `rna f32`.
    ///   - layout: the vector that it is about.
    ///   - parameters: all of them; the number of threads stays behind.
    static func begin(_ kind: String, _ layout: Layout, _ parameters: Parameters) -> BlockWriter {
        var block = BlockWriter()
        block.add("kind", kind)
        block.add("layout", layout.numbers)
        for setting in parameters.settings where setting.name != Parameters.threads.name {
            block.add(parameter + setting.name, [parameters[setting]])
        }
        return block
    }

    /// Adds a state, which must not change until the block is written.
    static func add<Element: Scalar>(_ state: (any SerializableState<Element>)?, to block: inout BlockWriter) {
        block.add("has-state", [state == nil ? 0 : 1])
        guard let state else { return }
        for (name, elements) in state.vectors { block.add(vector + name, elements) }
        for (name, values) in state.numbers { block.add(number + name, values) }
    }

    /// Reads what ``begin(_:_:_:)`` wrote, checks that it is for a handle like this one, and returns its parameters.
    static func parameters(
        in block: BlockReader, kind: String, layout: Layout, for parameters: Parameters
    ) throws(Failure) -> Parameters {
        let found = try block.text("kind")
        guard found == kind else { throw Failure(SLIP_FOREIGN, "the saved state is of \(found), not of \(kind)") }
        guard try block.numbers("layout") == layout.numbers else {
            throw Failure(SLIP_FOREIGN, "the saved state is for a vector of another layout")
        }
        var values: [String: Double] = [:]
        for (name, value) in block.numbers(prefix: parameter) where value.count == 1 { values[name] = value[0] }
        return try parameters.replacing(values)
    }

    /// Whether a state was saved, and not only parameters.
    static func hasState(_ block: BlockReader) throws(Failure) -> Bool { try block.count("has-state") != 0 }

    /// Hands what a state without points has counted on to a new one.
    static func takeCounts<Element: Scalar>(
        of old: any SerializableState<Element>, into new: any SerializableState<Element>
    ) throws(Failure) {
        let numbers = Dictionary(uniqueKeysWithValues: old.numbers.map { ($0.name, $0.values) })
        try restoring { () throws(StateError) in try new.restore(vectors: [:], numbers: numbers) }
    }

    /// Reads a state that ``add(_:to:)`` wrote, or changes nothing.
    static func restore<Element: Scalar>(
        _ state: any SerializableState<Element>, from block: BlockReader
    ) throws(Failure) {
        let vectors = block.vectors(vector, of: Element.self)
        let numbers = block.numbers(prefix: number)
        try restoring { () throws(StateError) in try state.restore(vectors: vectors, numbers: numbers) }
    }
}
