import Accelerators
import Buffers
import Optimizers
import Testing

@Suite struct RNAStateTests {
    /// Points of more than one chunk, so that threads have work to share.
    static func longSequence<Element: Scalar>(_ length: Int, count: Int, as type: Element.Type) -> [[Element]] {
        var random = Sequences.Generator(seed: 77)
        return (0..<length).map { _ in random.vector(count).map { Element($0) } }
    }

    static func checkWrapAround<Element: Scalar>(_ type: Element.Type) throws {
        let points = longSequence(12, count: 1000, as: type)
        let state = try history(RNA(window: 5), of: points)
        let kept = points.suffix(6)
        let residuals = zip(kept.dropFirst(), kept).map { later, earlier in
            zip(later, earlier).map { Double($0) - Double($1) }
        }
        for i in 0..<5 {
            for j in 0..<5 {
                let full = zip(residuals[i], residuals[j]).reduce(0) { $0 + $1.0 * $1.1 }
                let scale = zip(residuals[i], residuals[i]).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(state.gramMatrix[i * 5 + j] - full) <= 1e-13 * scale, "\(Element.scalarName) (\(i), \(j))")
            }
        }
    }

    @Test func theIncrementalGramMatrixIsTheFullOneAfterTheWindowWrapsAround() throws {
        try Self.checkWrapAround(Float.self)
        try Self.checkWrapAround(Double.self)
    }

    @Test func threadsAndPiecesDoNotChangeABit() throws {
        let points = Self.longSequence(7, count: 150_001, as: Float.self)
        let serial = try history(RNA(window: 4), of: points)
        let parallel = try history(RNA(window: 4), of: points, workers: Workers(3))
        let pieces = try RNA(window: 4).makeState(count: 150_001, as: Float.self)
        let cuts = [0, 1, 1, 17, 32_768, 32_769, 100_000, 150_001]
        for point in points {
            try point.withUnsafeBufferPointer { source in
                try pieces.push(
                    Segments(zip(cuts, cuts.dropFirst()).map { UnsafeBufferPointer(rebasing: source[$0..<$1]) }),
                    workers: Workers(2))
            }
        }
        #expect(parallel.gramMatrix == serial.gramMatrix)
        #expect(pieces.gramMatrix == serial.gramMatrix)
        let expected = bits(try serial.extrapolated(workers: .serial))
        #expect(bits(try parallel.extrapolated(workers: Workers(3))) == expected)
        var result = [Float](repeating: 0, count: 150_001)
        let outcome = try result.withUnsafeMutableBufferPointer { target in
            let parts = zip(cuts, cuts.dropFirst()).map { UnsafeMutableBufferPointer(rebasing: target[$0..<$1]) }
            return try pieces.extrapolate(into: MutableSegments(parts), workers: Workers(2))
        }
        #expect(outcome == .accepted)
        #expect(bits(result) == expected)
    }

    static func checkRestored<Element: Scalar>(
        _ rna: RNA, as type: Element.Type, _ feed: (RNAState<Element>, Int) throws -> Void
    ) throws {
        for cut in [0, 1, 3, 7, 9] {
            let whole = try rna.makeState(count: Sequences.count, as: type)
            let first = try rna.makeState(count: Sequences.count, as: type)
            let second = try rna.makeState(count: Sequences.count, as: type)
            // What a restored state held before must not shine through.
            try second.push([Element](repeating: 5, count: Sequences.count))
            for step in 0..<12 {
                try feed(whole, step)
                if step < cut { try feed(first, step) }
                if step == cut { try transfer(first, to: second) }
                if step >= cut { try feed(second, step) }
            }
            #expect(second.gramMatrix == whole.gramMatrix)
            #expect(bits(try second.extrapolated()) == bits(try whole.extrapolated()))
            #expect(second.diagnostics == whole.diagnostics)
        }
    }

    @Test func aSavedAndRestoredHistoryContinuesWithTheSameBits() throws {
        let points = Sequences.make("random", length: 24, seed: 4)
        let rna = try RNA(window: 4)
        try Self.checkRestored(rna, as: Float.self) { state, step in
            try state.push(points[step].map { Float($0) })
        }
        try Self.checkRestored(rna, as: Double.self) { state, step in
            // Sometimes moved, as online, and sometimes with a residual of its own.
            if step % 3 == 1 { try state.start(at: points[step + 12]) }
            if step % 4 == 3 {
                try state.push(points[step], residual: points[step + 11])
            } else {
                try state.push(points[step])
            }
            if step % 2 == 0 { _ = try state.extrapolated() }
        }
    }

    @Test func aSavedHistoryThatDoesNotFitIsRefusedAndNothingChanges() throws {
        let points = Sequences.make("random", length: 6, seed: 4)
        let source = try history(RNA(window: 4), of: points)
        let target = try history(RNA(window: 4), of: points.reversed())
        let (gram, result) = (target.gramMatrix, try target.extrapolated())
        let vectors = Dictionary(uniqueKeysWithValues: source.vectors.map { ($0.name, $0.elements) })
        let numbers = Dictionary(uniqueKeysWithValues: source.numbers.map { ($0.name, $0.values) })
        let (name, elements) = try #require(source.vectors.first)
        func altered(_ name: String, _ change: (inout [Double]) -> Void) -> [String: [Double]] {
            var numbers = numbers
            change(&numbers[name, default: []])
            return numbers
        }
        var bad: [([String: UnsafeBufferPointer<Double>], [String: [Double]])] = [
            (vectors, altered("entries") { $0[0] = 99 }), (vectors, altered("entries") { $0[1] = 0.5 }),
            (vectors, altered("entries") { ($0[1], $0[2]) = (-1, -1) }),
            (vectors, altered("entries") { $0.removeLast() }),
            (vectors, altered("entries") { $0 += [0, 0, 0] }), (vectors, altered("origin") { $0 = [] }),
            (vectors, altered("origin") { $0 = [.nan] }), (vectors, altered("gram") { $0[1] += 1 }),
            (vectors, altered("gram") { $0[0] = -1 }), (vectors, altered("gram") { $0[5] = .infinity }),
            (vectors, altered("gram") { $0.removeLast() }), (vectors, altered("gram-rests") { $0[0] = 1 }),
            (vectors, altered("gram-rests") { $0[1] = .nan }), (vectors, altered("gram-rests") { $0.removeLast() }),
            (vectors, altered("tally") { $0[0] = -1 }),
            (vectors, altered("tally") { $0.append(0) }), (vectors, altered("more") { $0 = [1] }),
            (vectors.filter { $0.key != name }, numbers),
            (vectors.merging(["vector.9": elements]) { $1 }, numbers),
        ]
        let short = try AlignedBuffer<Double>(count: 3)
        bad.append((vectors.merging([name: short.elements]) { $1 }, numbers))
        let poisoned = try AlignedBuffer(copying: elements)
        poisoned.pointer[7] = .nan
        bad.append((vectors.merging([name: poisoned.elements]) { $1 }, numbers))
        for (index, (vectors, numbers)) in bad.enumerated() {
            #expect(throws: StateError.self, "case \(index)") {
                try target.restore(vectors: vectors, numbers: numbers)
            }
        }
        #expect(target.gramMatrix == gram)
        #expect(try target.extrapolated() == result)
        try target.restore(vectors: vectors, numbers: numbers)
        #expect(try target.extrapolated() == source.extrapolated())
    }

    @Test func forgettingLeavesTheCounts() throws {
        let state = try history(RNA(window: 3), of: Sequences.make("random", length: 5, seed: 1))
        _ = try state.extrapolated()
        state.reset()
        #expect(state.fill == 0)
        #expect(throws: AcceleratorError.noPoints) { try state.extrapolated() }
        #expect(state.diagnostics.tally.points == 4)
        #expect(state.diagnostics.tally.accepted == 1)
        let points = Sequences.make("random", length: 3, seed: 2)
        for point in points { try state.push(point) }
        #expect(try state.extrapolated() == history(RNA(window: 3), of: points).extrapolated())
    }

    @Test func regularizationMayChangeButNotTheWindow() throws {
        let points = Sequences.make("random", length: 5, seed: 1)
        let state = try history(RNA(window: 3), of: points)
        try state.configure(RNA(window: 3, regularization: 0.5))
        #expect(try state.extrapolated() == history(RNA(window: 3, regularization: 0.5), of: points).extrapolated())
        #expect(throws: AcceleratorError.self) { try state.configure(RNA(window: 4)) }
        #expect(state.solve(regularization: 1e-8) == (try history(RNA(window: 3), of: points)).solve())
    }
}
