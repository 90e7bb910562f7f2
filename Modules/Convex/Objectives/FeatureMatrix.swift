import Buffers
import CKernels

/// The rows of a data set: n vectors of d features, one behind the other.
public final class FeatureMatrix: Sendable {
    /// n.
    public let rows: Int
    /// d.
    public let columns: Int
    let elements: AlignedBuffer<Double>

    /// A matrix of the given elements, row by row.
    ///
    /// - Throws: ``ConvexError`` for no elements, another number than rows x columns, or one that is not finite.
    public init(_ elements: [Double], columns: Int) throws(ConvexError) {
        guard columns > 0, !elements.isEmpty else { throw .empty(what: "features") }
        guard elements.count.isMultiple(of: columns) else {
            throw .wrongCount(
                what: "features", expected: (elements.count / columns + 1) * columns, found: elements.count)
        }
        guard Vectors.isFinite(elements) else { throw .notFinite(what: "the features") }
        rows = elements.count / columns
        self.columns = columns
        do { self.elements = try AlignedBuffer(elements) } catch { throw .allocation(error) }
    }

    /// Row `index`; the pointer holds while the matrix does.
    public func row(_ index: Int) -> UnsafeBufferPointer<Double> {
        UnsafeBufferPointer(rebasing: elements.elements[index * columns..<(index + 1) * columns])
    }

    /// How many parts a pass over the rows is cut into, whatever the number of threads, so that sums do not depend on it.
    var parts: Int { min(16, (rows + 63) / 64) }

    /// The rows of a part.
    func rows(ofPart part: Int) -> Range<Int> { rows * part / parts..<rows * (part + 1) / parts }

    /// ‖A‖₂², the largest eigenvalue of AᵀA, by the power method.
    ///
    /// It converges from below; the result is raised by the relative change that ends the iteration.
    func squaredSpectralNorm(_ workers: Workers) -> Double {
        var random = Philox(seed: 0)
        var x = (0..<columns).map { _ in random.uniform() + 0.5 }
        var estimate = 0.0
        let tolerance = 1e-12
        for _ in 0..<10_000 {
            let length = Vectors.norm(x)
            if length == 0 { return 0 }
            for k in x.indices { x[k] /= length }
            let y = product(x, workers)
            let next = Vectors.dot(y, y)
            let isDone = abs(next - estimate) <= tolerance * next
            estimate = next
            if isDone { break }
            x = transposedProduct(y, workers)
        }
        return estimate * (1 + tolerance)
    }

    /// A x.
    func product(_ x: [Double], _ workers: Workers) -> [Double] {
        [Double](unsafeUninitializedCapacity: rows) { result, count in
            let target = result.baseAddress
            workers.split(parts) { range, _ in
                for part in range {
                    let rows = self.rows(ofPart: part)
                    guard let target else { return }
                    ck_rows_dot_f64(
                        elements.pointer + rows.lowerBound * columns, rows.count, columns, x, target + rows.lowerBound)
                }
            }
            count = rows
        }
    }

    /// Aᵀ y.
    func transposedProduct(_ y: [Double], _ workers: Workers) -> [Double] {
        sumOverParts(workers) { rows, target in
            y.withUnsafeBufferPointer { y in
                guard let y = y.baseAddress else { return 0 }
                ck_add_rows_f64(
                    elements.pointer + rows.lowerBound * columns, rows.count, columns, y + rows.lowerBound, target)
                return 0
            }
        }.vector
    }

    /// The sum of what `body` adds to a vector of zeros for each part of the rows, and the sum of what it returns.
    func sumOverParts(
        _ workers: Workers, _ body: (_ rows: Range<Int>, _ target: UnsafeMutablePointer<Double>) -> Double
    ) -> (vector: [Double], number: Double) {
        var sums = [Double](repeating: 0, count: parts * columns)
        var numbers = [Double](repeating: 0, count: parts)
        sums.withUnsafeMutableBufferPointer { sums in
            numbers.withUnsafeMutableBufferPointer { numbers in
                nonisolated(unsafe) let (vectors, scalars) = (sums.baseAddress, numbers.baseAddress)
                workers.split(parts) { range, _ in
                    guard let vectors, let scalars else { return }
                    for part in range { scalars[part] = body(rows(ofPart: part), vectors + part * columns) }
                }
            }
        }
        var total = Array(sums[..<columns])
        for part in 1..<max(parts, 1) {
            Vectors.add(Array(sums[part * columns..<(part + 1) * columns]), times: 1, to: &total)
        }
        return (total, numbers.reduce(0, +))
    }
}
