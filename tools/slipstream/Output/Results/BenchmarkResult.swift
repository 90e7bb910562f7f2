import Foundation
import Slipstream

/// What data costs in a benchmark.
struct DataResult: Encodable {
    let name: String
    let augment: String
    let secondsPerBatch: Double
    let secondsPerStep: Double
    let stallSecondsPerStep: Double

    private enum CodingKeys: String, CodingKey {
        case name, augment
        case secondsPerBatch = "seconds_per_batch"
        case secondsPerStep = "seconds_per_step"
        case stallSecondsPerStep = "stall_seconds_per_step"
    }

    init(_ figures: StepBenchmark.DataFigures, _ loader: BatchLoader) {
        name = loader.dataset.name
        augment = loader.augmentations.description
        secondsPerBatch = figures.secondsPerBatch
        secondsPerStep = figures.secondsPerStep
        stallSecondsPerStep = figures.stallSecondsPerStep
    }

    /// The figures for a person.
    var text: String {
        String(format: "%.3f ms a step on batches of ", 1e3 * secondsPerStep) + name
            + (augment == "none" ? "" : " with \(augment)")
            + String(
                format: ", %.3f ms of it waiting; a batch alone %.3f ms", 1e3 * stallSecondsPerStep,
                1e3 * secondsPerBatch)
    }
}

/// The figures of a benchmark.
struct BenchmarkResult: Encodable {
    let secondsPerStep: Double
    let minimum: Double
    let stepSeconds: [Double]
    let updateSeconds: [Double]?
    let updateBytes: Int
    let operations: Int
    let imagesPerSecond: Double
    let gflops: Double
    let peakBytes: Int
    let arenaBytes: Int
    let backend: String
    let kernels: [String: Int]
    let openblas: String
    let onednn: String?
    let threads: Int
    let batchSize: Int
    let data: DataResult?
    let machine: String

    private enum CodingKeys: String, CodingKey {
        case secondsPerStep = "seconds_per_step"
        case minimum
        case stepSeconds = "step_seconds"
        case updateSeconds = "update_seconds"
        case updateBytes = "update_bytes"
        case operations
        case imagesPerSecond = "images_per_second"
        case gflops
        case peakBytes = "peak_bytes"
        case arenaBytes = "arena_bytes"
        case backend, kernels, openblas, onednn, threads
        case batchSize = "batch_size"
        case data, machine
    }

    init(
        times: [StepTime], batch: Int, _ benchmark: StepBenchmark, backend: String, threads: Int, data: DataResult?
    ) {
        stepSeconds = times.map(\.seconds)
        updateSeconds = benchmark.updateBytes > 0 ? times.map(\.update) : nil
        updateBytes = benchmark.updateBytes
        operations = benchmark.operations
        secondsPerStep = StepBenchmark.median(stepSeconds)
        minimum = stepSeconds.min() ?? 0
        imagesPerSecond = Double(batch) / secondsPerStep
        gflops = Double(operations) / secondsPerStep / 1e9
        peakBytes = Machine.peakBytes
        arenaBytes = benchmark.arenaBytes
        self.backend = backend
        kernels = benchmark.kernels
        openblas = SlipstreamPackage.openBLAS
        onednn = SlipstreamPackage.oneDNN
        self.threads = threads
        batchSize = batch
        self.data = data
        machine = Machine.description
    }

    /// The figures for a person.
    var text: String {
        let nodes = kernels.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }.joined(separator: ", ")
        let update = updateSeconds.map { seconds in
            let median = StepBenchmark.median(seconds)
            return String(
                format: "update %.3f ms, at %.1f GB/s", 1e3 * median, 1e-9 * Double(updateBytes) / median)
        }
        return [
            String(format: "%.3f ms a step (median), %.3f ms at best", 1e3 * secondsPerStep, 1e3 * minimum),
            String(format: "%.0f images/s, %.1f GFLOP/s", imagesPerSecond, gflops),
            update,
            data?.text,
            "peak memory \(peakBytes >> 20) MiB, of it \(arenaBytes >> 20) MiB activations",
            "backend \(backend): of the nodes \(nodes)",
            "\(threads) threads, OpenBLAS \(openblas)" + (onednn.map { ", oneDNN \($0)" } ?? ""),
            machine,
        ].compactMap { $0 }.joined(separator: "\n")
    }
}
