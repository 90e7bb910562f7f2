import ArgumentParser
import Slipstream

/// Where a run is written.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var output: String

    @Flag(help: "Continue the run in the output folder.")
    var resume = false

    @Flag(help: "Replace the run in the output folder.")
    var overwrite = false

    func validate() throws {
        guard !(resume && overwrite) else { throw ValidationError("--resume and --overwrite exclude each other") }
    }

    /// What becomes of a run that is there already.
    var policy: RunDirectory.Policy { resume ? .resume : overwrite ? .overwrite : .refuse }
}
