import Optimizers

extension Tally {
    /// All counts: points, refused, accepted, then rejected in the order of the reasons' declaration.
    package var numbers: [Double] {
        [Double(points), Double(refused), Double(accepted)] + Rejection.allCases.map { Double(rejected[$0] ?? 0) }
    }

    /// Saved counts.
    package init(numbers: [Double]) throws(StateError) {
        var counts: [Int] = []
        for number in numbers { counts.append(try SavedState<Double>.whole(number, name: "tally", in: 0...(1 << 53))) }
        guard counts.count == 3 + Rejection.allCases.count else {
            throw .wrongCount(name: "tally", expected: 3 + Rejection.allCases.count, found: counts.count)
        }
        self.init()
        (points, refused, accepted) = (counts[0], counts[1], counts[2])
        for (reason, count) in zip(Rejection.allCases, counts.dropFirst(3)) where count > 0 { rejected[reason] = count }
    }
}
