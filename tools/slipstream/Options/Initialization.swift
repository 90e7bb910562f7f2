import ArgumentParser
import Slipstream

/// How a new network's weights are drawn, as text: `standard` or `uniform:S`.
enum Initialization {
    /// As the layers say: He's rule for convolutions.
    case standard
    /// Uniform on ±S/√fan-in.
    case uniform(Double)

    static let help = ArgumentHelp(
        "How the weights are drawn: standard, or uniform:S, on ±S/√fan-in, which rda needs with S of 2 to 60.",
        valueName: "rule")

    /// Far beyond any use; what lies above might not be finite in single precision.
    private static let greatest = 1e6

    /// Reads the text.
    ///
    /// - Throws: a usage error that tells the valid forms.
    init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("standard", 1): self = .standard
        case ("uniform", 2):
            guard let scale = Double(parts[1]), scale > 0, scale <= Self.greatest else {
                throw ValidationError(
                    "--initialization: S is '\(parts[1])', but must be above 0 and at most \(Int(Self.greatest))")
            }
            self = .uniform(scale)
        default: throw ValidationError("--initialization is '\(text)', but must be standard or uniform:S")
        }
    }

    /// The network, its weights drawn as asked for.
    func apply(to network: Network, seed: UInt64) throws -> Network {
        switch self {
        case .standard: network
        case .uniform(let scale): try network.uniformlyInitialized(scale: scale, seed: seed)
        }
    }
}
