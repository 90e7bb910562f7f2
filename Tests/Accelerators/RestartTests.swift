import Accelerators
import Buffers
import Testing

/// Extrapolation after every N steps, and a fresh start from the result.
@Suite struct RestartTests {
    static let points = Sequences.make("collinear", length: 12, seed: 6)

    @Test func theHistoryStartsAnewBehindEveryFullWindow() throws {
        let acceleration = try Acceleration<Double>(
            RNA(window: 3), mode: .restart, count: Sequences.count, gradientCount: Sequences.count)
        let theta = try AlignedBuffer(Self.points[0])
        try acceleration.begin(at: theta.elements, workers: .serial)
        var start = Self.points[0]
        for round in 0..<3 {
            let own = Array(Self.points[1 + 3 * round...3 + 3 * round])
            for (index, point) in own.enumerated() {
                theta.assign(try AlignedBuffer(point))
                let outcome = try acceleration.endEpoch(at: theta.elements, workers: .serial)
                #expect(outcome == (index < 2 ? .deferred : .accepted))
                if index < 2 { #expect(Array(acceleration.proposal.elements) == point) }
                try acceleration.decide(moving: theta.mutableElements, workers: .serial)
                if index < 2 { #expect(Array(theta.elements) == point) }
            }
            // The second window knows nothing of the first one's points, only of where it was left.
            let expected = try history(RNA(window: 3), of: [start] + own).extrapolated()
            #expect(Array(theta.elements) == expected)
            start = expected
        }
        #expect(acceleration.diagnostics.fill == 0)
        #expect(acceleration.diagnostics.tally.accepted == 3)
        #expect(acceleration.diagnostics.tally.rejected.isEmpty)
    }

    @Test func aWorseProposalRestartsFromTheRunsOwnPoint() throws {
        let acceleration = try Acceleration<Double>(
            RNA(window: 3), mode: .restart, count: Sequences.count, gradientCount: Sequences.count)
        let theta = try AlignedBuffer(Self.points[0])
        try acceleration.begin(at: theta.elements, workers: .serial)
        for point in Self.points[1...6] {
            theta.assign(try AlignedBuffer(point))
            try acceleration.endEpoch(at: theta.elements, workers: .serial)
            try acceleration.decide(plain: 0, proposed: 1, moving: theta.mutableElements, workers: .serial)
            #expect(Array(theta.elements) == point)
        }
        #expect(acceleration.diagnostics.tally.rejected == [.worse: 2])
        #expect(
            Array(acceleration.proposal.elements)
                == (try history(RNA(window: 3), of: Array(Self.points[3...6])).extrapolated()))
    }
}
