import ArgumentParser
import Slipstream

/// `slipstream check`
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare what ONNX files compute with the results that are stored beside them.",
        usage: """
            slipstream check <file> … [--data-sets <folder>] [--relative <x>]
                   [--absolute <x>] [--json] [<options>]
            """,
        discussion: """
            A stored data set is a folder test_data_set_0, test_data_set_1, … with input_0.pb, output_0.pb, …, each a \
            serialised tensor, as onnx's own tests and published models have them. The first input of floating-point \
            numbers is data; the others count as constants of the model. An element may be off by the absolute tolerance \
            plus the relative one times what is expected; integers and truth values must be equal. Ends with status 1 if \
            any is further off, or if a file could not be compared.
            """)

    @Argument(help: ArgumentHelp("ONNX files.", valueName: "file"))
    var models: [String]

    @Option(
        help: ArgumentHelp(
            "The folder of the data sets of all files, or a data set itself. (default: the folder of each file)",
            valueName: "folder"))
    var dataSets: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How far an element may be off, as a part of what is expected.", valueName: "x"))
    var relative = 1e-3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How far an element may be off besides.", valueName: "x"))
    var absolute = 1e-7

    @Flag(help: "Print one JSON object a line: for each output, and for each file that cannot be compared.")
    var json = false

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        for (name, value) in [("--relative", relative), ("--absolute", absolute)] where !(value >= 0 && value.isFinite)
        {
            throw ValidationError("\(name) is \(value), but must be a number of 0 or more")
        }
    }

    func run() throws {
        var failures = 0
        var lastFault: (any Error)?
        for model in models {
            do { failures += try check(model) } catch {
                // With several files, one that cannot be compared does not keep the others from it.
                guard models.count > 1 || json else { throw error }
                lastFault = error
                if json {
                    try Terminal.say(JSONText.line(CheckRecord(model: model, error: "\(error)")))
                } else {
                    Terminal.complain("error: \(error)")
                }
            }
        }
        if failures > 0 || lastFault != nil { throw ExitCode(1) }
    }

    /// Compares one model with all of its data sets; returns how many outputs are off.
    private func check(_ path: String) throws -> Int {
        let model = try ModelFile.open(path)
        let paths = try dataSetPaths(for: path)
        let tolerance = ModelCheck.Tolerance(relative: relative, absolute: absolute)
        let check = ModelCheck(model: model, compiler: try engine.compiler(), tolerance: tolerance)
        var failures = 0
        for data in try paths.map(TestDataSet.init(path:)) {
            let comparisons: [ModelCheck.Comparison]
            do { comparisons = try check.compare(data) } catch { throw ModelFileError(path: path, cause: error) }
            for comparison in comparisons {
                if !comparison.isPassed { failures += 1 }
                let record = CheckRecord(model: path, dataSet: data.name, comparison)
                try Terminal.say(json ? JSONText.line(record) : record.text)
            }
        }
        if failures > 0, !json, let note = Self.noteOnTrainingForm(model) {
            Terminal.complain("note: \(path): \(note)")
        }
        return failures
    }

    /// What other runtimes would compute differently, and rightly so: normalisation over the batch, and dropout.
    private static func noteOnTrainingForm(_ model: ONNXModel) -> String? {
        var editor = ONNXEditor(model)
        guard let labels = try? editor.convertToInferenceForm(), let first = labels.first else { return nil }
        return
            "'\(first)'\(labels.count > 1 ? " and \(labels.count - 1) more are" : " is") in training form; what is computed "
            + "is the inference form, with running statistics and without dropout"
    }

    private func dataSetPaths(for model: String) throws -> [String] {
        let folder = model.lastIndex(of: "/").map { $0 == model.startIndex ? "/" : String(model[..<$0]) } ?? "."
        let place = dataSets ?? folder
        var paths = TestDataSet.paths(in: place)
        // A data set itself may be named, too.
        if paths.isEmpty, dataSets != nil, (try? TestDataSet(path: place)) != nil { paths = [place] }
        guard !paths.isEmpty else {
            if let dataSets, !FilePath.isFolder(dataSets) {
                throw TestDataError(path: dataSets, reason: "there is no such folder")
            }
            throw TestDataError(
                path: place,
                reason: "there is no folder test_data_set_0 to compare '\(model)' with; --data-sets names another place"
            )
        }
        return paths
    }
}
