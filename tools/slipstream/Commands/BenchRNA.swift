import ArgumentParser
import Foundation
import Slipstream

/// `slipstream bench-rna`
struct BenchRNA: ParsableCommand {
    /// What the points are made of.
    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case f32, f64
    }

    /// The figures.
    struct Result: Encodable {
        let secondsPerRound: Double
        let minimum: Double
        let push: Double
        let combine: Double
        let dimension: Int
        let window: Int
        let precision: String
        let threads: Int
        let machine: String

        private enum CodingKeys: String, CodingKey {
            case secondsPerRound = "seconds_per_round"
            case minimum, push, combine, dimension, window, precision, threads, machine
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "bench-rna",
        abstract: "Time extrapolations of made-up points: one push and one combination a round.",
        usage: "slipstream bench-rna --dimension <n> --window <n> --rounds <n> [<options>]")

    @Option(parsing: .unconditional, help: ArgumentHelp("Numbers a point.", valueName: "n"))
    var dimension: Int

    @Option(parsing: .unconditional, help: ArgumentHelp("How many points are combined.", valueName: "n"))
    var window: Int

    @Option(parsing: .unconditional, help: ArgumentHelp("Rounds to time, after the window has filled.", valueName: "n"))
    var rounds: Int

    @Option(help: ArgumentHelp("What numbers are: f32 or f64.", valueName: "name"))
    var precision = Precision.f32

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to use. (default: all)", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1 << 40).contains(dimension) else {
            throw ValidationError("--dimension is \(dimension), but must be from 1 to 2^40")
        }
        guard (1...1_000_000).contains(rounds) else {
            throw ValidationError("--rounds is \(rounds), but must be from 1 to 1000000")
        }
        do { _ = try RNA(window: window) } catch { throw ValidationError(error.naming { "--\($0)" }) }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
        }
    }

    func run() throws {
        let result = try precision == .f32 ? measure(Float.self) : measure(Double.self)
        guard !json else { return try Terminal.say(JSONText.line(result)) }
        try Terminal.say(
            String(
                format: "%.2f ms a round (median), %.2f ms at best: push %.2f ms, combine %.2f ms\n%@",
                1e3 * result.secondsPerRound, 1e3 * result.minimum, 1e3 * result.push, 1e3 * result.combine,
                "d = \(dimension), N = \(window), \(precision.rawValue), \(result.threads) threads, \(result.machine)"))
    }

    private func measure<Element: Scalar>(_ type: Element.Type) throws -> Result {
        let workers = threads.map { Workers($0) } ?? .all
        let state = try RNA(window: window).makeState(count: dimension, as: type)
        // Three points that take turns: neighbouring residuals differ, and a large window needs no memory for more.
        let points = try (0..<3).map { seed in
            let point = try AlignedBuffer<Element>(count: dimension)
            var random = UInt64(seed) &+ 1
            for index in 0..<dimension {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                point.pointer[index] = Element(Double(random >> 40) * 0x1p-24 - 0.5)
            }
            return point
        }
        let target = try AlignedBuffer<Element>(count: dimension)
        let clock = ContinuousClock()
        var times: [(push: Double, combine: Double)] = []
        for round in 0...window + rounds {
            let start = clock.now
            try state.push(Segments(points[round % points.count].elements), workers: workers)
            let pushed = clock.now
            if round > window {
                try state.extrapolate(into: MutableSegments(target.mutableElements), workers: workers)
                times.append(((pushed - start) / .seconds(1), (clock.now - pushed) / .seconds(1)))
            }
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let sums = times.map { $0.push + $0.combine }
        return Result(
            secondsPerRound: median(sums), minimum: sums.min() ?? 0, push: median(times.map(\.push)),
            combine: median(times.map(\.combine)), dimension: dimension, window: window,
            precision: precision.rawValue, threads: workers.count, machine: Machine.description)
    }
}
