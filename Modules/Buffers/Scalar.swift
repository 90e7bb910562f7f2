import RealModule

/// A floating-point type that buffers, kernels and rules work on: `Float` or `Double`.
public protocol Scalar: Real, BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// The name used in files and messages: `f32` or `f64`.
    static var scalarName: String { get }
}

extension Float: Scalar {
    public static var scalarName: String { "f32" }
}

extension Double: Scalar {
    public static var scalarName: String { "f64" }
}
