import Buffers
import CKernels
import Optimizers

/// The running mean of the gradients since it was last reset: mean ← mean + (g − mean)/k.
public final class GradientMean<Element: Scalar>: SerializableState {
    /// The mean, zero before the first gradient.
    public let mean: AlignedBuffer<Element>
    /// k, the number of gradients in it.
    public private(set) var gradients = 0

    /// A mean of nothing.
    ///
    /// - Parameter count: the number of elements of a gradient.
    public init(count: Int) throws(AllocationError) { mean = try AlignedBuffer(count: count) }

    /// Takes in a gradient.
    ///
    /// - Throws: ``AcceleratorError/wrongCount(what:expected:found:)`` for a gradient of another length.
    public func add(_ gradient: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {
        guard gradient.count == mean.count else {
            throw .wrongCount(what: "gradient", expected: mean.count, found: gradient.count)
        }
        gradients += 1
        guard let source = gradient.baseAddress else { return }
        let weight = 1 / Double(gradients)
        workers.split(mean.count, grain: 16 << 10) { [mean] range, _ in
            let target = UnsafeMutableRawPointer(mean.pointer + range.lowerBound)
            let source = UnsafeRawPointer(source + range.lowerBound)
            if Element.self == Float.self {
                ck_running_mean_f32(
                    target.assumingMemoryBound(to: Float.self), source.assumingMemoryBound(to: Float.self), range.count,
                    Float(weight))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_running_mean_f64(
                    target.assumingMemoryBound(to: Double.self), source.assumingMemoryBound(to: Double.self),
                    range.count, weight)
            }
        }
    }

    /// Forgets all gradients.
    public func reset() {
        mean.zero()
        gradients = 0
    }

    public var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] { [("mean", mean.elements)] }

    public var numbers: [(name: String, values: [Double])] { [("gradients", [Double(gradients)])] }

    public func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let saved = SavedState(vectors: vectors, numbers: numbers)
        try saved.expect(vectors: [("mean", mean.count)], numbers: [("gradients", 1)])
        gradients = try saved.count("gradients", in: 0...(1 << 53))
        if let source = vectors["mean"]?.baseAddress { mean.pointer.update(from: source, count: mean.count) }
    }
}
