import Buffers
import Optimizers
import Testing

@Suite struct SparsityTests {
    private func store() throws -> ParameterStore<Float> {
        let layout = try ParameterLayout([
            ("a", [4], .weight), ("bias", [2], .bias), ("b", [2, 3], .weight), ("mean", [2], .statistic),
        ])
        let store = try ParameterStore<Float>(layout: layout)
        let values: [Float] = [1, -2, 3, -4, 0, 0.5, 10, 20, -30, 40, 50, -60, 0, 0]
        for (index, value) in values.enumerated() { store.values.pointer[index] = value }
        return store
    }

    @Test func countsZerosByLayerAndInTotal() throws {
        let store = try store()
        #expect(!Sparsity(of: store).isSparse)
        #expect(Sparsity(of: store).ofAll == 1.0 / 12)
        store.values.pointer[0] = -0.0
        store.values.pointer[9] = 0
        let sparsity = Sparsity(of: store)
        #expect(sparsity.isSparse)
        #expect(sparsity.ofWeights == 0.2)
        #expect(sparsity.ofAll == 0.25)
        #expect(sparsity.layers.map(\.name) == ["a", "bias", "b"])
        #expect(sparsity.layers.map(\.zeros) == [1, 1, 1])
        #expect(sparsity.layers.map(\.share) == [0.25, 0.5, 1.0 / 6])
    }

    @Test func pruningTakesTheSmallestWeights() throws {
        let global = try store()
        try MagnitudePruning(sparsity: 0.5).prune(global)
        #expect(Array(global.values.elements) == [0, 0, 0, 0, 0, 0.5, 0, 20, -30, 40, 50, -60, 0, 0])
        let layered = try store()
        try MagnitudePruning(sparsity: 0.5, scope: .layer).prune(layered)
        #expect(Array(layered.values.elements) == [0, 0, 3, -4, 0, 0.5, 0, 0, 0, 40, 50, -60, 0, 0])
        let untouched = try store()
        try MagnitudePruning(sparsity: 0).prune(untouched)
        #expect(sameBits(untouched.values, try store().values))
        let empty = try store()
        try MagnitudePruning(sparsity: 1).prune(empty)
        #expect(Sparsity(of: empty).ofWeights == 1)
        #expect(throws: SettingError.self) { try MagnitudePruning(sparsity: 1.1) }
    }

    @Test func ofEqualWeightsAsManyGoAsAreAskedFor() throws {
        let store = try ParameterStore<Double>(layout: ParameterLayout([("w", [10], .weight)]))
        store.values.pointer.update(repeating: -1, count: 10)
        store.values.pointer[9] = 0.5
        try MagnitudePruning(sparsity: 0.4).prune(store)
        #expect(Array(store.values.elements) == [0, 0, 0, -1, -1, -1, -1, -1, -1, 0])
    }

    @Test func frozenZerosStayAndNewOnesJoinThem() throws {
        try check(Float.self)
        try check(Double.self)

        func check<Element: Scalar>(_ type: Element.Type) throws {
            let layout = try ParameterLayout([("w", [40_000], .weight), ("b", [3], .bias), ("v", [5], .weight)])
            let mask = try ZeroMask<Element>(layout: layout)
            let theta = try AlignedBuffer<Element>(count: layout.trainableCount)
            let workers = Workers(3)
            func fill(_ value: Element) { theta.pointer.update(repeating: value, count: theta.count) }
            func zeros() -> [Int] { theta.elements.indices.filter { theta.pointer[$0] == 0 } }
            fill(1)
            mask.freeze(theta.mutableElements, workers: workers)
            #expect(zeros() == [])
            for index in [7, 39_999, 40_001, 40_007] { theta.pointer[index] = 0 }
            mask.freeze(theta.mutableElements, workers: workers)
            fill(2)
            theta.pointer[8] = 0
            mask.freeze(theta.mutableElements, workers: workers)
            // The bias at 40,001 is free.
            #expect(zeros() == [7, 8, 39_999, 40_007])
            fill(3)
            mask.apply(to: theta.mutableElements, workers: workers)
            #expect(zeros() == [7, 8, 39_999, 40_007])
        }
    }

    @Test func aMaskIsTakenOverAsItWasOrNotAtAll() throws {
        let layout = try ParameterLayout([("w", [4], .weight), ("b", [2], .bias)])
        let mask = try ZeroMask<Double>(layout: layout)
        let theta = try AlignedBuffer<Double>([0, 1, 2, 0, 0, 3])
        mask.freeze(theta.mutableElements, workers: .serial)
        #expect(mask.frozenCount == 2)
        #expect(Array(mask.elements) == [0, 1, 1, 0, 1, 1])

        let other = try ZeroMask<Double>(layout: layout)
        func restore(_ elements: [UInt8]) throws { try elements.withUnsafeBufferPointer { try other.restore($0) } }
        for bad: [UInt8] in [[], [0, 1, 1, 0, 1], [0, 1, 2, 0, 1, 1], [0, 1, 1, 0, 0, 1]] {
            #expect(throws: StateError.self) { try restore(bad) }
            #expect(other.frozenCount == 0)
        }
        try restore(Array(mask.elements))
        #expect(other.frozenCount == 2)
        let full = try AlignedBuffer<Double>([1, 1, 1, 1, 1, 1])
        other.apply(to: full.mutableElements, workers: .serial)
        #expect(Array(full.elements) == [0, 1, 1, 0, 1, 1])
    }
}
