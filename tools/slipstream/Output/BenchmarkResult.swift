import Foundation
import Slipstream

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
        case machine
    }

    init(times: [StepTime], batch: Int, _ benchmark: StepBenchmark, backend: String, threads: Int) {
        stepSeconds = times.map(\.seconds)
        updateSeconds = benchmark.updateBytes > 0 ? times.map(\.update) : nil
        updateBytes = benchmark.updateBytes
        operations = benchmark.operations
        secondsPerStep = Self.median(stepSeconds)
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
        machine = Machine.description
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The figures for a person.
    var text: String {
        let nodes = kernels.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }.joined(separator: ", ")
        let update = updateSeconds.map { seconds in
            let median = Self.median(seconds)
            return String(
                format: "update %.3f ms, at %.1f GB/s", 1e3 * median, 1e-9 * Double(updateBytes) / median)
        }
        return [
            String(format: "%.3f ms a step (median), %.3f ms at best", 1e3 * secondsPerStep, 1e3 * minimum),
            String(format: "%.0f images/s, %.1f GFLOP/s", imagesPerSecond, gflops),
            update,
            "peak memory \(peakBytes >> 20) MiB, of it \(arenaBytes >> 20) MiB activations",
            "backend \(backend): of the nodes \(nodes)",
            "\(threads) threads, OpenBLAS \(openblas)" + (onednn.map { ", oneDNN \($0)" } ?? ""),
            machine,
        ].compactMap { $0 }.joined(separator: "\n")
    }
}
