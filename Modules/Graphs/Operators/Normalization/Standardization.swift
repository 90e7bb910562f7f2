import Buffers
import Tensors

/// Groups of elements, each moved and scaled to mean 0 and variance 1: y = (x − mean) / √(variance + ε).
///
/// The core of ONNX `LayerNormalization`, `InstanceNormalization` and `GroupNormalization`, whose scales and shifts are
/// nodes of their own. In row-major order each group is one piece of memory.
public struct Standardization: Operator {
    public static let name = "Standardization"

    /// Which elements belong together.
    public enum Groups: Sendable, Hashable {
        /// All dimensions from one on.
        case fromAxis(Int)
        /// Of every image, this many groups of neighbouring channels.
        case channels(Int)
    }

    /// Which elements belong together.
    public let groups: Groups
    /// ε.
    public let epsilon: Double

    /// The operator; the default is ONNX's.
    public init(_ groups: Groups, epsilon: Double = 1e-5) {
        self.groups = groups
        self.epsilon = epsilon
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("X")
        _ = try count(shape)
        return [.real(shape)]
    }

    /// The number of groups in a tensor of a shape.
    public func count(_ shape: [Int]) throws -> Int {
        switch groups {
        case .fromAxis(let axis): return Shape.count(Array(shape[..<(try Axes.resolve(axis, rank: shape.count))]))
        case .channels(let number):
            guard shape.count >= 2, number >= 1, shape[1] % number == 0 else {
                throw OperandError("the channels of \(Shape.describe(shape)) do not divide into \(number) groups")
            }
            let (product, overflow) = shape[0].multipliedReportingOverflow(by: number)
            guard !overflow else { throw OperandError("\(number) groups are too many") }
            return product
        }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        forEachGroup(x.shape) { start, size in
            let (x, y) = (x.pointer + start, y.pointer + start)
            let (mean, scale) = moments(x, size)
            for i in 0..<size { y[i] = (x[i] - mean) * scale }
        }
    }

    /// Calls `body` with the start and the size of each group.
    @inline(__always)
    func forEachGroup(_ shape: [Int], _ body: (Int, Int) -> Void) {
        guard let count = try? count(shape), count > 0 else { return }
        let size = Shape.count(shape) / count
        for group in 0..<count { body(group * size, size) }
    }

    /// The mean, and 1 / √(variance + ε).
    @inline(__always)
    func moments<E: Scalar>(_ x: UnsafeMutablePointer<E>, _ size: Int) -> (mean: E, scale: E) {
        var (sum, squares): (E, E) = (0, 0)
        for i in 0..<size { sum += x[i] }
        let mean = sum / E(max(1, size))
        for i in 0..<size { squares += (x[i] - mean) * (x[i] - mean) }
        return (mean, 1 / (squares / E(max(1, size)) + E(epsilon)).squareRoot())
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(StandardizationGradient(of: self), gradient, context.input(0)), to: 0)
    }

    public var layoutRule: LayoutRule { .rowMajor }
}

/// The gradient of ``Standardization``: operands dy and x, result (dy − mean(dy) − x̂ · mean(dy · x̂)) / √(variance + ε),
/// x̂ the standardised x.
public struct StandardizationGradient: Operator {
    public static let name = "StandardizationGradient"

    /// The operator.
    public let standardization: Standardization

    /// The gradient of an operator.
    public init(of standardization: Standardization) { self.standardization = standardization }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("dY", "X")
        _ = try standardization.count(shape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, dx) = (operands.input(0), operands.input(1), operands.output())
        standardization.forEachGroup(x.shape) { start, size in
            let (dy, x, dx) = (dy.pointer + start, x.pointer + start, dx.pointer + start)
            let (mean, scale) = standardization.moments(x, size)
            var (sum, product): (E, E) = (0, 0)
            for i in 0..<size {
                sum += dy[i]
                product += dy[i] * (x[i] - mean) * scale
            }
            let (a, b) = (sum / E(max(1, size)), product / E(max(1, size)))
            for i in 0..<size { dx[i] = (dy[i] - a - (x[i] - mean) * scale * b) * scale }
        }
    }

    public var layoutRule: LayoutRule { .rowMajor }
}
