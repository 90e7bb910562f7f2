import ArgumentParser
import Slipstream

/// Which threads and kernels a command uses.
struct EngineOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Threads to use. (default: as many as the process may run on)", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Kernels to use: \(BackendList.registered.backends.map(\.name).listed), or auto: the first of these that has one "
                + "for an operator. Reference is slow and readable.",
            valueName: "name"))
    var backend = "auto"

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
        }
        if backend == "onednn", SlipstreamPackage.oneDNN == nil {
            throw ValidationError(
                "--backend: this program was built without oneDNN; `swift build -c release $(tools/traits)` builds it in, "
                    + "where libdnnl-dev is installed")
        }
        do { _ = try BackendList.named(backend) } catch { throw ValidationError("--backend: \(error)") }
    }

    /// The threads.
    var workers: Workers { threads.map { Workers($0) } ?? .all }

    /// The backends, in the order in which they are asked.
    func backends() throws -> BackendList { try .named(backend) }

    /// The backend that is asked first: what `auto` stands for.
    func firstBackend() throws -> String { try backends().backends[0].name }

    /// A compiler with both.
    func compiler() throws -> Compiler { Compiler(backends: try backends(), workers: workers) }
}
