import ArgumentParser
import Slipstream

/// `slipstream extrapolate`
struct Extrapolate: ParsableCommand {
    /// What to write where the method has nothing to propose.
    enum Fallback: String, ExpressibleByArgument, CaseIterable {
        case none, last
    }

    static let configuration = CommandConfiguration(
        abstract: "Combine the checkpoints of a training run, of any framework, into a better one.",
        usage: "slipstream extrapolate <file> <file> … --output <file> [<options>]",
        discussion: """
            Checkpoints are .safetensors, .npz or .onnx files, all of one kind, in the order in which they were saved. \
            Floating-point tensors are combined; all others, and what the file says besides, are the last checkpoint's. \
            Files may be larger than memory.
            """)

    @Argument(help: ArgumentHelp("The checkpoints, oldest first: 2 to 128.", valueName: "file"))
    var checkpoints: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    @OptionGroup var options: CheckpointOptions

    @Option(
        help: ArgumentHelp(
            "What to write where rna has nothing to propose: none, which ends with an error, or last, a copy of the last "
                + "checkpoint.", valueName: "what"))
    var fallback = Fallback.none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Threads to use. (default: as many as the process may run on)", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        _ = try CheckpointFiles(checkpoints, output: output)
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
        }
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let workers = threads.map { Workers($0) } ?? .all
        let files = try CheckpointFiles(checkpoints, output: output).open(output: output)
        let set = try CheckpointSet(files, selection: options.selection)
        let method = try options.settings()
        let found = try set.weights(method, workers: workers)
        for index in found.repeated {
            Terminal.complain(
                "note: '\(checkpoints[index])' holds the same numbers as '\(checkpoints[index - 1])': rna takes it that the run stands "
                    + "still there")
        }
        var rejection = found.rejection
        if let weights = found.weights {
            do { try set.write(weights, to: output, workers: workers) } catch let error as CheckpointError {
                guard case .overflow = error, fallback == .last else { throw error }
                Terminal.complain("note: \(error)")
                rejection = .notFinite
            }
        }
        if let rejection {
            guard fallback == .last else { throw CheckpointRejection(method: method.name, reason: rejection) }
            Terminal.complain("note: \(CheckpointRejection(method: method.name, reason: rejection))")
            try set.writeLast(to: output)
        }
        let result = CheckpointResult(
            output: output, method: method.name, files: checkpoints, weights: rejection == nil ? found.weights : nil,
            conditionNumber: found.conditionNumber, rejection: rejection, tensors: set.combined.count,
            elements: set.elementCount, taken: set.taken, seconds: (clock.now - start) / .seconds(1))
        try Terminal.say(json ? JSONText.line(result) : result.text)
    }
}

/// A method that has nothing to propose.
struct CheckpointRejection: Error, CustomStringConvertible {
    let method: String
    let reason: Rejection

    var description: String {
        let why =
            switch reason {
            case .tooFewPoints: "there are too few checkpoints"
            case .zeroResiduals: "all checkpoints hold the same numbers"
            case .vanishingSum: "the coefficients' sum vanishes; less --regularization helps"
            case .notFinite: "numbers go beyond what can be represented; more --regularization helps"
            case .worse: "it is worse"
            }
        return "\(method) proposes nothing (\(reason.rawValue)): \(why). --fallback last takes the last checkpoint then"
    }
}
