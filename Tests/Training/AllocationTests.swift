import Accelerators
import Buffers
import CAllocationCount
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// What a step allocates on the thread that takes it. One worker, for a parallel loop's closure is on the heap while
/// several threads have it.
@Suite struct AllocationTests {
    @Test func theCounterCounts() throws {
        let before = allocation_count()
        let buffer = try AlignedBuffer<Float>(count: 10)
        #expect(allocation_count() > before)
        #expect(buffer.count == 10)
    }

    @Test func aProgramsRunAllocatesNothing() throws {
        let network = try Networks.normalized()
        let classifier = try Classifier(
            network.graph, imageShape: [1, 8, 8], compiler: Compiler(backends: allBackends, workers: .serial))
        let (program, images) = (try classifier.trainingProgram(batch: 8), try digits(first: 16).values())
        let pixels = try AlignedBuffer(images)
        let labels = try AlignedBuffer<Int32>(count: 8)
        let gradients = try AlignedBuffer<Float>(count: network.parameters.layout.trainableCount)
        // Batches lie in different places: finding the operands again is part of a step.
        var places = (0..<2).map { batch in
            [UnsafeRawPointer(pixels.pointer + batch * 8 * 64), UnsafeRawPointer(labels.pointer)]
        }
        var counts: [Int] = []
        counts.reserveCapacity(20)
        for step in 0..<10 {
            let before = allocation_count()
            program.run(
                parameters: network.parameters.values.pointer, gradients: gradients.pointer, inputs: places[step % 2],
                invocation: Invocation(step: UInt64(step)))
            counts.append(allocation_count() - before)
        }
        places = []
        #expect(counts.dropFirst(2).allSatisfy { $0 == 0 }, "\(counts)")
    }

    /// But for one entry of the background queue that makes the next batches.
    @Test(arguments: Rule.all, Way.all)
    func aTrainingStepAllocatesNothing(_ rule: Rule, _ way: Way) throws {
        var settings = shortSettings(rule, way)
        settings.workers = .serial
        let trainer = try shortTrainer(settings)
        var events = TrainingEvents()
        var counts: [Int] = []
        counts.reserveCapacity(40)
        var last = allocation_count()
        events.stepped = { _ in
            counts.append(allocation_count() - last)
            last = allocation_count()
        }
        try trainer.run(events)
        // The second to fifth steps of an epoch; the first begins the epoch, the last one's batch is smaller.
        for epoch in 1..<3 { #expect(counts[6 * epoch + 1..<6 * epoch + 5].allSatisfy { $0 <= 1 }, "\(counts)") }
    }
}
