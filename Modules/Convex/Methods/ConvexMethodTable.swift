import Accelerators
import Buffers

/// The settings that methods on the command line share.
public struct ConvexMethodSettings: Sendable, Hashable {
    /// How long the steps of gradient descent and Nesterov's method are.
    public var step = StepRule.fixed
    /// How many steps L-BFGS remembers, 1…1000.
    public var memory = 10
    /// N, λ and β of RNA.
    public var rna: RNA
    /// The grid of adaptive RNA.
    public var grid = RNAGrid.logarithmic
    /// Determines the order of terms in stochastic methods.
    public var seed: UInt64 = 0

    /// The defaults: N = 10 and λ = 10⁻¹², for gradients without noise.
    public init() throws(ConvexError) {
        do { rna = try RNA(window: 10, regularization: 1e-12) } catch { throw .accelerator(.setting(error)) }
    }
}

/// Methods by name: a base method, or one with RNA, such as `nesterov+rna-restart`.
public enum ConvexMethodTable {
    /// The methods without acceleration.
    public static let bases = ["gd", "nesterov", "nesterov-convex", "lbfgs", "saga", "svrg"]
    /// What may follow a base method's name after a plus sign.
    public static let accelerations = [
        "rna-offline", "rna-online", "rna-guarded", "rna-restart", "rna-adaptive",
    ]

    /// The method called `name`.
    ///
    /// - Throws: ``ConvexError/unknownMethod(name:suggestion:)``; errors of the settings.
    public static func make(
        _ name: String, _ settings: ConvexMethodSettings
    ) throws(ConvexError) -> any ConvexMethod {
        let parts = name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        let base = try base(parts[0], name, settings)
        guard parts.count > 1 else { return base }
        guard parts.count == 2 else { throw unknown(name) }
        let rna = settings.rna
        switch parts[1] {
        case "rna-offline": return AcceleratedMethod(base, rna: rna, mode: .offline, isGuarded: false)
        case "rna-online": return AcceleratedMethod(base, rna: rna, mode: .online, isGuarded: false)
        case "rna-guarded": return AcceleratedMethod(base, rna: rna, mode: .online, isGuarded: true)
        case "rna-restart": return AcceleratedMethod(base, rna: rna, mode: .restart, isGuarded: true)
        case "rna-adaptive":
            do {
                let adaptive = try RNA(
                    window: rna.window, relaxation: rna.relaxation, grid: settings.grid, triesSteps: rna.triesSteps)
                return AcceleratedMethod(base, rna: adaptive, mode: .online, isGuarded: true)
            } catch { throw .accelerator(.setting(error)) }
        default: throw unknown(name)
        }
    }

    private static func base(
        _ base: String, _ name: String, _ settings: ConvexMethodSettings
    ) throws(ConvexError) -> any ConvexMethod {
        switch base {
        case "gd": return GradientDescent(step: settings.step)
        case "nesterov": return NesterovMethod(step: settings.step)
        case "nesterov-convex": return NesterovMethod(form: .convex, step: settings.step)
        case "lbfgs": return try LBFGS(memory: settings.memory)
        case "saga": return try SAGA(seed: settings.seed)
        case "svrg": return try SVRG(seed: settings.seed)
        default: throw unknown(name)
        }
    }

    private static func unknown(_ name: String) -> ConvexError {
        let names = bases + bases.flatMap { base in accelerations.map { "\(base)+\($0)" } }
        return .unknownMethod(name: name, suggestion: Spelling.nearest(to: name, among: names))
    }
}
