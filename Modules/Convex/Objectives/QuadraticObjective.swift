import Buffers

/// f(x) = ½ xᵀAx − bᵀx with a symmetric, positive semi-definite A.
public final class QuadraticObjective: ConvexObjective {
    /// b.
    public let linear: [Double]
    public let smoothness: Double
    public let strongConvexity: Double
    private let matrix: FeatureMatrix
    private let workers: Workers

    /// A quadratic of a dense matrix.
    ///
    /// - Parameters:
    ///   - matrix: A, row by row.
    ///   - linear: b; its count is the number of variables.
    ///   - strongConvexity: A's least eigenvalue, as far as it is known; 0 otherwise.
    ///   - workers: the threads to use.
    /// - Throws: ``ConvexError``, also if A is not symmetric.
    public init(
        matrix: [Double], linear: [Double], strongConvexity: Double = 0, workers: Workers = .all
    ) throws(ConvexError) {
        let n = linear.count
        guard n > 0 else { throw .empty(what: "variables") }
        guard matrix.count == n * n else {
            throw .wrongCount(what: "elements of the matrix", expected: n * n, found: matrix.count)
        }
        guard Vectors.isFinite(linear) else { throw .notFinite(what: "the linear part") }
        guard strongConvexity.isFinite, strongConvexity >= 0 else {
            throw .badSetting(
                name: "strong convexity", value: strongConvexity, allowed: "a finite number of at least 0")
        }
        for i in 0..<n {
            for j in 0..<i where matrix[i * n + j] != matrix[j * n + i] { throw .notSymmetric(row: i, column: j) }
        }
        self.matrix = try FeatureMatrix(matrix, columns: n)
        self.linear = linear
        self.workers = workers
        self.strongConvexity = strongConvexity
        smoothness = self.matrix.squaredSpectralNorm(workers).squareRoot()
        guard smoothness > 0 else {
            throw .badSetting(name: "the matrix' norm", value: smoothness, allowed: "above 0")
        }
    }

    public var dimension: Int { linear.count }

    public func value(at x: [Double]) -> Double {
        0.5 * Vectors.dot(x, matrix.product(x, workers)) - Vectors.dot(linear, x)
    }

    @discardableResult
    public func gradient(at x: [Double], into gradient: inout [Double]) -> Double {
        gradient = matrix.product(x, workers)
        let value = 0.5 * Vectors.dot(x, gradient) - Vectors.dot(linear, x)
        Vectors.add(linear, times: -1, to: &gradient)
        return value
    }

    public func hessianProduct(at x: [Double], with v: [Double], into product: inout [Double]) {
        product = matrix.product(v, workers)
    }
}
