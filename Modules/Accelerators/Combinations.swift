import Buffers
import CKernels

/// Passes over several long vectors at once, spread over threads.
enum Combinations {
    /// The elements that one call of a kernel covers. Partial sums are added chunk by chunk in order, so that results do
    /// not depend on the number of threads; a chunk of the new point stays in the second-level cache.
    static let chunk = 32 << 10

    /// The number of chunks of a vector.
    static func chunks(_ count: Int) -> Int { (count + chunk - 1) / chunk }

    /// The elements of a chunk.
    static func range(ofChunk index: Int, count: Int) -> Range<Int> {
        index * chunk..<min((index + 1) * chunk, count)
    }

    /// Whether all elements are finite.
    static func allFinite<Element: Scalar>(_ elements: UnsafePointer<Element>, count: Int) -> Bool {
        let raw = UnsafeRawPointer(elements)
        if Element.self == Float.self { return ck_all_finite_f32(raw.assumingMemoryBound(to: Float.self), count) != 0 }
        precondition(Element.self == Double.self, "Scalar is Float or Double")
        return ck_all_finite_f64(raw.assumingMemoryBound(to: Double.self), count) != 0
    }

    /// Adds to `sums` the products of residuals later − earlier with the last of them, over `range`, and to `rests` what
    /// their rounding leaves out, as far as the points' own precision makes that worth while.
    static func addGramRow<Element: Scalar>(
        later: [UnsafePointer<Element>?], earlier: [UnsafePointer<Element>?], range: Range<Int>,
        to sums: UnsafeMutablePointer<Double>, rests: UnsafeMutablePointer<Double>
    ) {
        later.withUnsafeBytes { later in
            earlier.withUnsafeBytes { earlier in
                if Element.self == Float.self {
                    let (a, b) = (
                        later.bindMemory(to: UnsafePointer<Float>?.self),
                        earlier.bindMemory(to: UnsafePointer<Float>?.self)
                    )
                    ck_gram_row_f32(a.baseAddress, b.baseAddress, a.count, range.lowerBound, range.count, sums)
                } else {
                    precondition(Element.self == Double.self, "Scalar is Float or Double")
                    let (a, b) = (
                        later.bindMemory(to: UnsafePointer<Double>?.self),
                        earlier.bindMemory(to: UnsafePointer<Double>?.self)
                    )
                    ck_gram_row_f64(a.baseAddress, b.baseAddress, a.count, range.lowerBound, range.count, sums, rests)
                }
            }
        }
    }

    /// How exact the elements of a Gram matrix are, relative to the lengths of the two residuals.
    ///
    /// Single-precision points carry rounding errors of 6·10⁻⁸; squared, they are above what Float64 sums lose. Those of
    /// double-precision points are not, so their products are summed in twice the precision.
    static func gramPrecision<Element: Scalar>(of type: Element.Type) -> Double {
        type == Float.self ? 0x1p-52 : 0x1p-98
    }

    /// Writes the weighted sum of vectors over `range` to `target`.
    static func weightedSum<Element: Scalar>(
        _ vectors: [UnsafePointer<Element>?], weights: [Double], weightRests: [Double], range: Range<Int>,
        to target: UnsafeMutablePointer<Element>
    ) {
        vectors.withUnsafeBytes { vectors in
            let raw = UnsafeMutableRawPointer(target)
            if Element.self == Float.self {
                let x = vectors.bindMemory(to: UnsafePointer<Float>?.self)
                ck_weighted_sum_f32(
                    x.baseAddress, weights, x.count, range.lowerBound, range.count,
                    raw.assumingMemoryBound(to: Float.self))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                let x = vectors.bindMemory(to: UnsafePointer<Double>?.self)
                ck_weighted_sum_f64(
                    x.baseAddress, weights, weightRests, x.count, range.lowerBound, range.count,
                    raw.assumingMemoryBound(to: Double.self))
            }
        }
    }

    /// Writes the weighted sum of vectors over `range`, and returns whether all of it is finite.
    static func combine<Element: Scalar>(
        _ terms: [(vector: AlignedBuffer<Element>, weight: DoubleDouble)], range: Range<Int>,
        into target: MutableSegments<Element>, workers: Workers
    ) -> Bool {
        let vectors = terms.map { Optional(UnsafePointer($0.vector.pointer)) }
        let (weights, rests) = (terms.map(\.weight.high), terms.map(\.weight.low))
        let overflow = AtomicFlag()
        workers.split(range.count, grain: chunk) { part, _ in
            // Chunk by chunk, so that the check reads what the sum has just left in the cache.
            for lower in stride(from: part.lowerBound, to: part.upperBound, by: chunk) {
                let upper = min(lower + chunk, part.upperBound)
                target.forEachPiece(range.lowerBound + lower..<range.lowerBound + upper) { piece, range in
                    weightedSum(vectors, weights: weights, weightRests: rests, range: range, to: piece)
                    if !allFinite(piece, count: range.count) { overflow.raise() }
                }
            }
        }
        return !overflow.isRaised
    }
}
