import Buffers
import CKernels
import Graphs
import Tensors

/// Element-wise operators, reductions, pooling, normalisation, depthwise convolution, layout changes and losses in single
/// precision, through CKernels' vectorised loops on several threads.
///
/// Double precision, and layouts that need index arithmetic for every element, are declined.
public struct VectorizedBackend: Backend {
    /// The backend.
    public init() {}

    public var name: String { "vectorized" }
    public var preference: Int { 100 }

    public func kernel(for request: KernelRequest) -> Kernel? {
        guard request.precision == .float32, request.outputs.allSatisfy({ $0.count > 0 }) else { return nil }
        return activation(request) ?? arithmetic(request) ?? copy(request) ?? rearrangement(request) ?? reduction(request)
            ?? pooling(request) ?? normalization(request) ?? depthwise(request) ?? softmax(request) ?? dropout(request)
    }
}

/// Enters the vectorised backend into a registry.
public func register(in registry: PluginRegistry = .shared) {
    let backend = VectorizedBackend()
    registry.register(backend, as: backend.name, kind: .backend)
}
