import Accelerators
import Buffers
import CKernels

/// Memory in which a caller's pieces are put together where a pass needs them in one.
struct Scratch<Element: Scalar> {
    private var buffer: AlignedBuffer<Element>?
    private static var grain: Int { 32 << 10 }

    /// Memory for `count` elements; the same as before if there was as much.
    mutating func memory(_ count: Int) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
        if let buffer, buffer.count == count { return buffer.mutableElements }
        do {
            let made = try AlignedBuffer<Element>(count: count)
            buffer = made
            return made.mutableElements
        } catch { throw Failure(error) }
    }

    /// A copy of all pieces, one behind the other.
    mutating func copy(
        _ pieces: Pieces<Element>, workers: Workers
    ) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
        let memory = try memory(pieces.count)
        guard let base = memory.baseAddress else { return memory }
        let segments = pieces.segments
        workers.split(pieces.count, grain: Self.grain) { range, _ in segments.copy(range, to: base + range.lowerBound) }
        return memory
    }

    /// The caller's own memory if the vector lies in one piece, else a copy.
    mutating func contiguous(
        _ pieces: Pieces<Element>, workers: Workers
    ) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
        pieces.parts.count == 1 ? pieces.parts[0] : try copy(pieces, workers: workers)
    }

    /// Memory to write a vector to, which ``hand(_:to:workers:)`` then gives to the caller: its own if it lies in one piece.
    mutating func target(_ pieces: Pieces<Element>) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
        pieces.parts.count == 1 ? pieces.parts[0] : try memory(pieces.count)
    }

    /// Copies a vector to the caller's pieces, unless that is where it is.
    static func hand(_ vector: UnsafeMutableBufferPointer<Element>, to pieces: Pieces<Element>, workers: Workers) {
        guard let base = vector.baseAddress, base != pieces.parts.first?.baseAddress else { return }
        let target = pieces.mutableSegments
        workers.split(pieces.count, grain: grain) { range, _ in
            target.forEachPiece(range) { piece, part in piece.update(from: base + part.lowerBound, count: part.count) }
        }
    }

    /// Whether all elements are finite.
    static func allFinite(_ vector: UnsafeMutableBufferPointer<Element>, workers: Workers) -> Bool {
        guard let base = vector.baseAddress else { return true }
        return withUnsafeTemporaryAllocation(of: Bool.self, capacity: workers.count) { finite in
            finite.initialize(repeating: true)
            workers.split(vector.count, grain: grain) { range, worker in
                let raw = UnsafeRawPointer(base + range.lowerBound)
                let isFinite =
                    Element.self == Float.self
                    ? ck_all_finite_f32(raw.assumingMemoryBound(to: Float.self), range.count)
                    : ck_all_finite_f64(raw.assumingMemoryBound(to: Double.self), range.count)
                finite[worker] = isFinite != 0
            }
            return finite.allSatisfy { $0 }
        }
    }

    /// How many elements of all pieces are zero.
    static func zeros(in pieces: Pieces<Element>) -> Int {
        pieces.parts.reduce(0) { zeros, part in
            let raw = UnsafeRawPointer(part.baseAddress)
            guard let raw else { return zeros }
            return zeros
                + (Element.self == Float.self
                    ? ck_count_zeros_f32(raw.assumingMemoryBound(to: Float.self), part.count)
                    : ck_count_zeros_f64(raw.assumingMemoryBound(to: Double.self), part.count))
        }
    }
}
