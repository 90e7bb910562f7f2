import Foundation
import Slipstream

/// `run.json`: what a run was asked to do, with every default filled in.
struct RunRecord: Encodable {
    /// A setting's value: JSON has a form of its own for each.
    enum Value: Encodable {
        case text(String)
        case number(Double)
        case integer(Int)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            }
        }

        var text: String {
            switch self {
            case .text(let value): value
            case .number(let value): "\(value)"
            case .integer(let value): "\(value)"
            }
        }
    }

    let settings: [String: Value]
    let seed: UInt64
    let versions: [String: String]
    let backend: String
    let backends: [String]
    let threads: Int
    let machine: String

    init(
        _ command: Train, _ settings: TrainingSettings, _ training: DatasetSpecification,
        _ validation: DatasetSpecification
    ) {
        var values: [String: Value] = [
            "model": .text(command.model), "data": .text(training.description),
            "validation": .text(validation.description), "epochs": .integer(settings.epochs),
            "batch-size": .integer(settings.batchSize), "optimizer": .text(type(of: settings.optimizer).name),
            "learning-rate": .number(settings.learningRate), "schedule": .text(settings.schedule.description),
            "accelerator": .text(settings.acceleration.map { type(of: $0.method).name } ?? "none"),
        ]
        for (name, value) in settings.optimizer.values { values[name] = .number(value) }
        if let acceleration = settings.acceleration {
            values["accelerator-mode"] = .text(acceleration.mode.rawValue)
            for (name, value) in acceleration.method.values { values["accelerator-\(name)"] = .number(value) }
        }
        self.settings = values
        seed = settings.seed
        versions = [
            "slipstream": SlipstreamPackage.version, "onnx": ONNXChecker.release,
            "openblas": SlipstreamPackage.openBLASKernels,
        ]
        backend = command.engine.backend
        backends = settings.backends.backends.map(\.name)
        threads = settings.workers.count
        machine = Machine.description
    }

    /// What the report says of the run.
    var description: RunDescription {
        let model = URL(fileURLWithPath: settings["model"]?.text ?? "").lastPathComponent
        let entries = settings.sorted { $0.key < $1.key }.map { RunDescription.Entry($0.key, $0.value.text) }
        let engine = [
            RunDescription.Entry("machine", machine), RunDescription.Entry("threads", "\(threads)"),
            RunDescription.Entry("backends", backends.joined(separator: ", ")),
        ]
        return RunDescription(
            title: "\(model) on \(settings["data"]?.text ?? "")",
            settings: entries + [RunDescription.Entry("seed", "\(seed)")],
            environment: engine
                + versions.sorted { $0.key < $1.key }.map { RunDescription.Entry($0.key, $0.value) })
    }
}

/// The machine that a run is on.
enum Machine {
    /// The processor's name, as the system tells it.
    static let description: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(name ?? "unknown processor"), \(Workers.all.count) threads"
    }()

    /// The most memory that this process has had resident, in bytes.
    static var peakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss << 10
    }
}
