import Buffers
import Glibc

/// Products of a function's Hessian with vectors, from its gradient at two points:
///
///     H v ≈ (g(θ + hv) − g(θ − hv)) / 2h
///
/// The truncation error falls as h², the rounding error of the gradients grows as u/h, u the precision's unit: their sum is
/// least where h is a multiple of ∛u. The step is ‖hv‖ = ∛u max(‖θ‖, 1): relative to θ, because weights of another scale
/// bend the loss on that scale. In single precision that is half a percent of θ, and products are good to about u^⅔ =
/// 2.4e-5 of the largest eigenvalue; in double, to 4e-11.
///
/// A loss with kinks, such as that of a network with ReLU, has its mean curvature over the step, kinks included, as that of
/// a batch over many steps has.
public final class HessianProduct<Element: Scalar> {
    /// Writes the gradient at its first argument to its second.
    public typealias Gradient = (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Element>) throws -> Void

    /// The length of the step, ‖hv‖.
    public let step: Double
    private let point: AlignedBuffer<Element>
    private let moved: AlignedBuffer<Element>
    private let behind: AlignedBuffer<Element>
    private let gradient: Gradient
    private let algebra: FlatAlgebra<Element>

    /// Prepares products at a point.
    ///
    /// - Parameters:
    ///   - point: θ; copied.
    ///   - step: ‖hv‖; by default as above.
    ///   - workers: the threads to use.
    ///   - gradient: the function's gradient.
    /// - Throws: `AllocationError` if memory is short.
    public init(
        at point: UnsafeBufferPointer<Element>, step: Double? = nil, workers: Workers, gradient: @escaping Gradient
    ) throws {
        self.point = try AlignedBuffer(copying: point)
        moved = try AlignedBuffer(count: point.count)
        behind = try AlignedBuffer(count: point.count)
        self.gradient = gradient
        algebra = FlatAlgebra(workers)
        self.step = step ?? cbrt(Double(Element.ulpOfOne)) * max(algebra.norm(self.point), 1)
    }

    /// Writes H v to `product`.
    ///
    /// - Parameters:
    ///   - vector: v, as long as the point; for v = 0, the product is 0.
    ///   - product: where to write.
    /// - Throws: what the gradient throws.
    public func apply(
        _ vector: UnsafeBufferPointer<Element>, into product: UnsafeMutableBufferPointer<Element>
    ) throws {
        precondition(vector.count == point.count && product.count == point.count, "vectors of another length")
        guard let v = vector.baseAddress, let out = product.baseAddress else { return }
        let length = Updates.squaredNorm(v, count: vector.count, workers: algebra.workers).squareRoot()
        guard length > 0 else { return product.update(repeating: 0) }
        let h = step / length
        algebra.offset(moved, point, vector, -h)
        try gradient(moved.elements, behind.mutableElements)
        algebra.offset(moved, point, vector, h)
        try gradient(moved.elements, product)
        let factor = Element(1 / (2 * h))
        for index in 0..<point.count { out[index] = (out[index] - behind.pointer[index]) * factor }
    }
}
