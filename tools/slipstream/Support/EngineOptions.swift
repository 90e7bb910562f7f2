import ArgumentParser
import Slipstream

/// Which threads and kernels a command uses.
struct EngineOptions: ParsableArguments {
    @Option(help: "Threads to use; by default as many as the process may run on.")
    var threads: Int?

    @Option(help: "Kernels to use: auto, reference or openblas.")
    var backend = "auto"

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
        }
        do { _ = try BackendList.named(backend) } catch { throw ValidationError("--backend: \(error).") }
    }

    /// The threads.
    var workers: Workers { threads.map { Workers($0) } ?? .all }

    /// The backends, in the order in which they are asked.
    func backends() throws -> BackendList { try .named(backend) }

    /// A compiler with both.
    func compiler() throws -> Compiler { Compiler(backends: try backends(), workers: workers) }
}
