import ArgumentParser
import Slipstream

/// How the run's weights are extrapolated.
struct AcceleratorOptions: ParsableArguments {
    @Option(help: "What combines the weights of the last epochs: none or rna.")
    var accelerator = "none"

    @Option(help: "rna: offline only measures the extrapolated network, online goes on from it (default: offline).")
    var rnaMode: AccelerationMode?

    @Option(help: "rna: how many epochs are combined (default: 10).")
    var rnaWindow: Int?

    @Option(help: "rna: the regularization λ, relative to the largest squared residual (default: 1e-8).")
    var rnaRegularization: Double?

    func validate() throws {
        do { _ = try acceleration() } catch let error as ValidationError { throw error } catch {
            throw ValidationError("--accelerator: \(error).")
        }
    }

    /// The acceleration; `nil` for none.
    func acceleration() throws -> AccelerationSettings? {
        guard accelerator != "none" else {
            guard rnaMode == nil, rnaWindow == nil, rnaRegularization == nil else {
                throw ValidationError("options that begin with --rna need --accelerator rna.")
            }
            return nil
        }
        var settings: [String: Double] = [:]
        settings["window"] = rnaWindow.map(Double.init)
        settings["regularization"] = rnaRegularization
        let method: any Accelerator
        do { method = try AcceleratorTable.make(accelerator, settings: settings) } catch {
            guard case .unknownAccelerator(let name, let known) = error else { throw error }
            throw AcceleratorError.unknownAccelerator(name: name, known: ["none"] + known)
        }
        return AccelerationSettings(method, mode: rnaMode ?? .offline)
    }
}

extension AccelerationMode: ExpressibleByArgument {}
