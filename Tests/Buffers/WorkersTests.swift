import Buffers
import Synchronization
import Testing

@Suite struct WorkersTests {
    /// How often each of `length` items was visited by a split.
    static func visits(_ workers: Workers, length: Int, grain: Int) throws -> [Int32] {
        let visits = try AlignedBuffer<Int32>(count: length)
        workers.split(length, grain: grain) { range, _ in
            for index in range { visits.pointer[index] += 1 }
        }
        return Array(visits.elements)
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func everyItemIsVisitedOnce(count: Int) throws {
        for length in [0, 1, 2, 5, 63, 64, 65, 1000] {
            for grain in [1, 7, 64] {
                let visits = try Self.visits(Workers(count), length: length, grain: grain)
                #expect(visits.allSatisfy { $0 == 1 }, "length \(length), grain \(grain), \(count) workers")
            }
        }
    }

    @Test func everyWorkerIndexIsUsedOnceHoweverManyThereAre() throws {
        for count in [1, 2, 300, 70_000] {
            let calls = try AlignedBuffer<UInt8>(count: count)
            Workers(count).perform { calls.pointer[$0] += 1 }
            #expect(calls.elements.allSatisfy { $0 == 1 }, "\(count) workers")
        }
    }

    @Test func boundariesAreMultiplesOfTheGrain() {
        let ranges = Mutex<[Range<Int>]>([])
        Workers(3).split(1000, grain: 64) { range, _ in ranges.withLock { $0.append(range) } }
        let sorted = ranges.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(sorted.count == 3)
        #expect(sorted.allSatisfy { $0.lowerBound % 64 == 0 })
        #expect(sorted.last?.upperBound == 1000)
    }

    @Test func loopsInsideLoopsComplete() {
        let total = Atomic(0)
        Workers(4).perform { _ in
            Workers(4).split(100) { range, _ in total.add(range.count, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 400)
    }

    @Test func loopsOfSeveralThreadsAtOnceDoNotMix() async {
        let sums = await withTaskGroup(of: Int.self) { group in
            for task in 0..<24 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<500 {
                        let sum = Atomic(0)
                        Workers(1 + (task + round) % 5).split(64) { range, _ in
                            for index in range { sum.add(index * task, ordering: .relaxed) }
                        }
                        if sum.load(ordering: .relaxed) != 2016 * task { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sums == 0)
    }
}
