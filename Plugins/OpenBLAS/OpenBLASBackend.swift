import Buffers
import COpenBLAS
import Glibc
import Graphs
import MatrixProducts
import Tensors

/// Convolutions and matrix products in single precision through OpenBLAS.
///
/// OpenBLAS computes on one thread; the backend spreads the parts of a product over its own workers, so that no second
/// pool of threads competes with them. Everything else, and double precision, is declined.
public struct OpenBLASBackend: Backend {
    /// The backend. Switches OpenBLAS, which is shared by the whole process, to one thread a call.
    public init() { openblas_set_num_threads(1) }

    /// Ends the threads that OpenBLAS started when it was loaded, which wait for work in a loop for up to a tenth of a second.
    ///
    /// A short command has nothing else to do in that time. For a program that leaves all of OpenBLAS to this backend, after
    /// registration: nobody else may be using it.
    public static func endIdleThreads() {
        // Not every build of OpenBLAS has threads.
        guard let symbol = dlsym(nil, "blas_thread_shutdown_") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
    }

    public var name: String { "openblas" }
    public var preference: Int { 200 }

    /// Which of OpenBLAS's kernels run, as `Haswell` or `SkylakeX`; `OPENBLAS_CORETYPE` in the environment decides, else
    /// the processor.
    public static var coreName: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

    /// The version of the OpenBLAS that runs, such as `0.3.21`.
    public static var version: String {
        // The text begins with the library's name and version: OpenBLAS 0.3.21 NO_LAPACKE …
        let words = openblas_get_config().map { String(cString: $0) }?.split(separator: " ") ?? []
        return words.count > 1 ? String(words[1]) : "unknown"
    }

    public func kernel(for request: KernelRequest) -> Kernel? {
        guard request.precision == .float32 else { return nil }
        return switch request.operation {
        case let operation as Convolution: convolution(operation, request)
        case let operation as ConvolutionDataGradient: dataGradient(operation, request)
        case let operation as ConvolutionWeightGradient: weightGradient(operation, request)
        case let operation as Gemm: Multiplication().gemm(operation, request, name: "openblas.gemm")
        case is MatMul: Multiplication().matMul(request, name: "openblas.matmul")
        default: nil
        }
    }
}

/// Enters the OpenBLAS backend into a registry.
public func register(in registry: PluginRegistry = .shared) {
    let backend = OpenBLASBackend()
    registry.register(backend, as: backend.name, kind: .backend)
}
