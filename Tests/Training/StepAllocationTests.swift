import Buffers
import CAllocations
import Testing
import Training

@Suite struct StepAllocationTests {
    /// But for one entry of the background queue that makes the next batches. On one worker: a parallel loop's closure goes
    /// to a box on the heap.
    @Test(arguments: Rule.all, Way.all)
    func aTrainingStepAllocatesNothing(_ rule: Rule, _ way: Way) throws {
        var settings = shortSettings(rule, way)
        settings.workers = .serial
        let trainer = try shortTrainer(settings)
        var events = TrainingEvents()
        var counts: [Int] = []
        counts.reserveCapacity(40)
        var last = thread_allocations()
        events.stepped = { _ in
            counts.append(thread_allocations() - last)
            last = thread_allocations()
        }
        try trainer.run(events)
        // The second to fifth steps of an epoch; the first begins the epoch, the last one's batch is smaller.
        for epoch in 1..<3 { #expect(counts[6 * epoch + 1..<6 * epoch + 5].allSatisfy { $0 <= 1 }, "\(counts)") }
    }
}
