import Buffers
import Optimizers
import Testing

@Suite struct ClippingTests {
    @Test func aLongGradientIsShortenedAndAShortOneStays() throws {
        let clipping = try GradientClipping(norm: 10)
        let long = try AlignedBuffer<Double>([30, -40])
        #expect(clipping.apply(to: long.mutableElements, workers: .serial) == 50)
        #expect(Array(long.elements) == [6, -8])
        let short = try AlignedBuffer<Float>([6, 8])
        #expect(clipping.apply(to: short.mutableElements, workers: .serial) == 10)
        #expect(Array(short.elements) == [6, 8])
    }

    @Test func whatIsNotFiniteIsLeftForTheCallerToFind() throws {
        let clipping = try GradientClipping(norm: 1)
        let infinite = try AlignedBuffer<Float>([.infinity, 3])
        clipping.apply(to: infinite.mutableElements, workers: .serial)
        #expect(Array(infinite.elements) == [.infinity, 3])
        #expect(throws: SettingError.self) { try GradientClipping(norm: 0) }
        #expect(throws: SettingError.self) { try GradientClipping(norm: .nan) }
    }

    @Test func threadsDoNotChangeABit() throws {
        var random = Philox(seed: 1)
        let values = (0..<100_003).map { _ in Float(random.normal()) }
        let results = try [1, 2, 5].map { count in
            let g = try AlignedBuffer(values)
            let norm = try GradientClipping(norm: 2).apply(to: g.mutableElements, workers: Workers(count))
            return (norm, g)
        }
        for result in results.dropFirst() {
            #expect(result.0 == results[0].0)
            #expect(sameBits(result.1, results[0].1))
        }
        let clipped = results[0].1
        try withExtendedLifetime(clipped) {
            let norm = try GradientClipping(norm: 5).apply(to: clipped.mutableElements, workers: .all)
            #expect(abs(norm - 2) < 1e-6)
        }
    }
}
