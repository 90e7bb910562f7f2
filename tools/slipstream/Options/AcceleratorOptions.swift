import ArgumentParser
import Slipstream

/// How the run's weights are extrapolated.
struct AcceleratorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What combines the weights of the last epochs: none, rna (regularized nonlinear acceleration), or, to compare "
                + "with, \(AcceleratorTable.names.filter { $0 != RNA.name }.listed).", valueName: "name"))
    var accelerator = "none"

    @Option(
        help: ArgumentHelp(
            "rna: offline only measures the extrapolated network, online goes on from it. (default: offline)",
            valueName: "mode"))
    var rnaMode: AccelerationMode?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: how many epochs are combined. (default: \(RNA.window.standardText))", valueName: "n"))
    var rnaWindow: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "rna: the regularization λ, relative to the largest eigenvalue of the residuals' Gram matrix. "
                + "(default: \(RNA.regularization.standardText))", valueName: "x"))
    var rnaRegularization: Double?

    func validate() throws {
        guard accelerator == RNA.name || (rnaMode == nil && rnaWindow == nil && rnaRegularization == nil) else {
            throw ValidationError("options that begin with --rna need --accelerator rna")
        }
        do { _ = try acceleration() } catch AcceleratorError.setting(let error) {
            throw ValidationError(error.naming { "--rna-\($0)" })
        } catch AcceleratorError.unknownAccelerator(let name, let known) {
            let error = AcceleratorError.unknownAccelerator(name: name, known: ["none"] + known)
            throw ValidationError("--accelerator: \(error)")
        }
    }

    /// The acceleration; `nil` for none.
    func acceleration() throws -> AccelerationSettings? {
        guard accelerator != "none" else { return nil }
        var settings: [String: Double] = [:]
        settings[RNA.window.name] = rnaWindow.map(Double.init)
        settings[RNA.regularization.name] = rnaRegularization
        return AccelerationSettings(
            try AcceleratorTable.make(accelerator, settings: settings), mode: rnaMode ?? .offline)
    }
}

extension AccelerationMode: ExpressibleByArgument {}
