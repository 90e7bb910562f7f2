import Buffers
import CKernels
import Graphs
import Tensors

/// Element-wise operators, moves, resampling, reductions, pooling, normalisation, depthwise convolution and losses in single
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
        let families = [
            activation, function, arithmetic, choice, copy, rearrangement, sampling, reduction, pooling, normalization,
            standardization,
            depthwise, softmax, dropout,
        ]
        for family in families {
            if let kernel = family(request) { return kernel }
        }
        return nil
    }
}

/// Enters the vectorised backend into a registry.
public func register(in registry: PluginRegistry = .shared) {
    let backend = VectorizedBackend()
    registry.register(backend, as: backend.name, kind: .backend)
}
