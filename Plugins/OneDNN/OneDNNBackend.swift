#if OneDNN
    import Buffers
    import COneDNN
    import Graphs
    import MatrixProducts
    import Tensors

    /// Convolutions and matrix products in single precision through oneDNN, which compiles kernels for the processor.
    ///
    /// oneDNN computes on one thread; the backend gives each of its own workers a share of the images, so that no second
    /// pool of threads competes with them. What oneDNN has no compiled kernel for is declined, and so is everything else.
    /// The package trait `OneDNN` brings the backend in; without it this module is empty.
    public struct OneDNNBackend: Backend {
        /// The backend.
        public init() {}

        public var name: String { "onednn" }
        public var preference: Int { 300 }

        /// The version of the oneDNN that runs, such as `2.6.3`.
        public static var version: String {
            var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
            cd_version(&major, &minor, &patch)
            return "\(major).\(minor).\(patch)"
        }

        public func kernel(for request: KernelRequest) -> Kernel? {
            guard request.precision == .float32 else { return nil }
            return switch request.operation {
            case let operation as Convolution: convolution(operation, request)
            case let operation as ConvolutionDataGradient: dataGradient(operation, request)
            case let operation as ConvolutionWeightGradient: weightGradient(operation, request)
            case let operation as Gemm:
                cd_available() ? Multiplication().gemm(operation, request, name: "onednn.gemm") : nil
            case is MatMul: cd_available() ? Multiplication().matMul(request, name: "onednn.matmul") : nil
            default: nil
            }
        }
    }

    /// Enters the oneDNN backend into a registry.
    public func register(in registry: PluginRegistry = .shared) {
        let backend = OneDNNBackend()
        registry.register(backend, as: backend.name, kind: .backend)
    }
#endif
