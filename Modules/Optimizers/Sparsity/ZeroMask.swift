import Buffers
import CKernels

/// Weights that are zero and stay zero: what adaptive sparse retraining, and fine-tuning after pruning, rest on.
///
/// Only parameters of kind `weight` take part. A weight that becomes zero on the way is frozen too.
///
/// X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, *Make ℓ1 regularization effective in training sparse CNN*, 2018, section 4.2.
public final class ZeroMask<Element: Scalar> {
    private let layout: ParameterLayout
    private let kept: AlignedBuffer<UInt8>

    /// A mask that freezes nothing yet.
    public init(layout: ParameterLayout) throws(AllocationError) {
        self.layout = layout
        kept = try AlignedBuffer(count: layout.trainableCount)
        kept.pointer.update(repeating: 1, count: kept.count)
    }

    /// Freezes the weights that are zero now, and makes those zero that were frozen before.
    ///
    /// - Parameter parameters: θ's trainable part.
    public func freeze(_ parameters: UnsafeMutableBufferPointer<Element>, workers: Workers) {
        forEachWeight(parameters, workers) { w, kept, count in
            if Element.self == Float.self {
                ck_freeze_zeros_f32(w.as(Float.self), kept, count)
            } else {
                ck_freeze_zeros_f64(w.as(Double.self), kept, count)
            }
        }
    }

    /// Makes the elements zero that belong to frozen weights.
    ///
    /// - Parameter vector: as long as θ's trainable part: θ itself or a gradient.
    public func apply(to vector: UnsafeMutableBufferPointer<Element>, workers: Workers) {
        forEachWeight(vector, workers) { x, kept, count in
            if Element.self == Float.self {
                ck_mask_f32(x.as(Float.self), kept, count)
            } else {
                ck_mask_f64(x.as(Double.self), kept, count)
            }
        }
    }

    /// The number of weights that are frozen.
    public var frozenCount: Int { kept.elements.reduce(0) { $0 + ($1 == 0 ? 1 : 0) } }

    /// 0 for every parameter that is frozen, 1 for the others: what ``restore(_:)`` reads. The pointer holds as long as the
    /// mask.
    public var elements: UnsafeBufferPointer<UInt8> { kept.elements }

    /// Takes over the ``elements`` of another mask of the same layout, or changes nothing.
    ///
    /// - Throws: ``StateError`` for another number of elements, ones other than 0 and 1, or parameters frozen that are no
    ///   weights.
    public func restore(_ elements: UnsafeBufferPointer<UInt8>) throws(StateError) {
        guard elements.count == kept.count else {
            throw .wrongCount(name: "frozen-zeros", expected: kept.count, found: elements.count)
        }
        for segment in layout.segments where segment.kind.isTrainable {
            let least = segment.kind == .weight ? 0 : 1
            if let bad = elements[segment.range].first(where: { $0 < least || $0 > 1 }) {
                throw .badValue(
                    name: "frozen-zeros", found: "\(bad) for a \(segment.kind.rawValue)",
                    allowed: "0 and 1 for weights, 1 for others")
            }
        }
        guard let source = elements.baseAddress else { return }
        kept.pointer.update(from: source, count: kept.count)
    }

    private func forEachWeight(
        _ vector: UnsafeMutableBufferPointer<Element>, _ workers: Workers,
        _ body: (UnsafeMutablePointer<Element>, UnsafeMutablePointer<UInt8>, Int) -> Void
    ) {
        precondition(vector.count == kept.count, "\(vector.count) elements for a mask of \(kept.count)")
        guard let base = vector.baseAddress else { return }
        Updates.forEachSegment(of: layout, workers: workers) { range, kind in
            guard kind == .weight else { return }
            body(base + range.lowerBound, kept.pointer + range.lowerBound, range.count)
        }
    }
}
