// One import for everything that Swift programs use.
@_exported import Accelerators
@_exported import Buffers
@_exported import Datasets
@_exported import Graphs
@_exported import Layers
@_exported import ONNXBridge
@_exported import Optimizers
@_exported import Tensors
@_exported import Training

import OpenBLAS
import Vectorized

/// Facts about this copy of Slipstream.
public enum SlipstreamPackage {
    /// The version, by semantic versioning.
    public static let version = "0.1.0"

    /// The processor that OpenBLAS's kernels were made for: what `OPENBLAS_CORETYPE` says, or what it found.
    public static var openBLASKernels: String { OpenBLASBackend.coreName }

    /// Registers every backend that this build contains. Call it once, before a backend is chosen by name.
    public static func registerPlugins() {
        Vectorized.register()
        OpenBLAS.register()
    }
}
