import Buffers
import Optimizers

extension RNAState: SerializableState {
    public var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        history.used.sorted().map { ("vector.\($0)", history.vectors[$0].elements) }
    }

    public var numbers: [(name: String, values: [Double])] {
        var entries: [Double] = []
        for entry in history.entries {
            entries += [entry.point, entry.origin ?? -1, entry.residual ?? -1].map { Double($0) }
        }
        return [
            ("entries", entries), ("origin", history.origin.map { [Double($0)] } ?? []),
            ("gram", gram.elements.map(\.high)),
            ("gram-rests", gram.elements.map(\.low)), ("tally", tally.numbers),
        ]
    }

    public func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let saved = SavedState(vectors: vectors, numbers: numbers)
        let listed = numbers["entries"]?.count ?? 0
        let fill = try SavedState<Element>.whole(
            Double(listed) / 3, name: "entries' count / 3", in: 0...settings.window)
        let origins = try SavedState<Element>.whole(
            Double(numbers["origin"]?.count ?? 0), name: "origin's count", in: (fill > 0 ? 1 : 0)...1)

        var restored = history
        restored.entries = []
        restored.origin = nil
        let slots = 0...history.capacity - 1
        func number(_ name: String, _ index: Int, in range: ClosedRange<Int>) throws(StateError) -> Int {
            try SavedState<Element>.whole(numbers[name]?[index] ?? .nan, name: name, in: range)
        }
        func optional(_ index: Int) -> Int? { index < 0 ? nil : index }
        for index in 0..<fill {
            restored.entries.append(
                RNAHistory.Entry(
                    point: try number("entries", 3 * index, in: slots),
                    origin: optional(try number("entries", 3 * index + 1, in: -1...slots.upperBound)),
                    residual: optional(try number("entries", 3 * index + 2, in: -1...slots.upperBound))))
            guard let entry = restored.entries.last, entry.origin != nil || entry.residual != nil else {
                throw .badValue(
                    name: "entries", found: "a point with neither", allowed: "points with an origin or a residual")
            }
        }
        if origins == 1 { restored.origin = try number("origin", 0, in: slots) }
        let used = restored.used.sorted()
        try saved.expect(
            vectors: used.map { ("vector.\($0)", count) },
            numbers: [
                ("entries", 3 * fill), ("origin", origins), ("gram", fill * fill), ("gram-rests", fill * fill),
                ("tally", Tally().numbers.count),
            ])
        let tally = try Tally(numbers: numbers["tally"] ?? [])
        let gram = try GramMatrix(
            restoring: numbers["gram"] ?? [], rests: numbers["gram-rests"] ?? [], order: fill)
        for index in used {
            guard let source = vectors["vector.\(index)"]?.baseAddress else { continue }
            guard Combinations.allFinite(source, count: count) else {
                throw .badValue(name: "vector.\(index)", found: "not finite", allowed: "finite numbers")
            }
        }

        do { try restored.grow(to: (used.last ?? -1) + 1) } catch { throw .allocation(error) }
        for index in used {
            guard let source = vectors["vector.\(index)"]?.baseAddress else { continue }
            restored.vectors[index].pointer.update(from: source, count: count)
        }
        history = restored
        pending = nil
        chosen = nil
        self.gram = gram
        self.tally = tally
    }
}

extension GramMatrix {
    /// A saved matrix, which has to be finite and symmetric, with no negative diagonal element.
    fileprivate init(restoring elements: [Double], rests: [Double], order: Int) throws(StateError) {
        self.init(order: order)
        for i in 0..<order {
            for j in 0...i {
                let (here, there) = (i * order + j, j * order + i)
                let value = elements[here]
                guard value.isFinite, value == elements[there], i != j || value >= 0 else {
                    throw .badValue(
                        name: "gram", found: "\(value) in row \(i), column \(j)", allowed: "a Gram matrix")
                }
                let rest = rests[here]
                guard rest == rests[there], value + rest == value else {
                    throw .badValue(
                        name: "gram-rests", found: "\(rest) in row \(i), column \(j)",
                        allowed: "what rounding leaves of the matrix")
                }
                self[i, j] = DoubleDouble(value, plus: rest)
            }
        }
    }
}
