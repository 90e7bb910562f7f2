// One import for everything that Swift programs use.
@_exported import Accelerators
@_exported import Buffers
@_exported import Checkpoints
@_exported import Convex
@_exported import Datasets
@_exported import Graphs
@_exported import Layers
@_exported import ONNXBridge
@_exported import Optimizers
@_exported import PluginLoader
@_exported import Tensors
@_exported import Training

import OpenBLAS
import Vectorized

#if OneDNN
    import OneDNN
#endif

/// Facts about this copy of Slipstream.
public enum SlipstreamPackage {
    /// The version, by semantic versioning.
    public static let version = "0.1.0"

    /// OpenBLAS's version and the processor that its kernels are for, such as `0.3.21 (Haswell)`.
    public static var openBLAS: String { "\(OpenBLASBackend.version) (\(OpenBLASBackend.coreName))" }

    /// oneDNN's version, such as `2.6.3`; `nil` unless the package was built with the trait `OneDNN`.
    public static var oneDNN: String? {
        #if OneDNN
            OneDNNBackend.version
        #else
            nil
        #endif
    }

    /// Ends threads that linked libraries keep waiting for work that this package never gives them; for a program of its own,
    /// after ``registerPlugins()``.
    public static func endIdleThreads() { OpenBLASBackend.endIdleThreads() }

    /// Registers every backend that this build contains. Call it once, before a backend is chosen by name.
    public static func registerPlugins() {
        Vectorized.register()
        OpenBLAS.register()
        #if OneDNN
            OneDNN.register()
        #endif
    }
}
