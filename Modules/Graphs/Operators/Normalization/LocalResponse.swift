import Buffers
import Tensors

/// Every pixel's channel divided by a power of the squares of its neighbouring channels. ONNX `LRN`.
///
/// y_c = x_c / s_c^β, s_c = k + α / n · Σ x²_d over the n channels d around c; those outside the image are left out.
///
/// Operand: x (N x C x …).
///
/// Reference: A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional neural networks",
/// NIPS 2012, section 3.3.
public struct LocalResponse: Operator {
    public static let name = "LRN"

    /// n, at least 1; of an even number, one more lies behind than in front.
    public let size: Int
    /// α.
    public let alpha: Double
    /// β.
    public let beta: Double
    /// k.
    public let bias: Double

    /// The operator; the defaults are ONNX's.
    public init(size: Int, alpha: Double = 1e-4, beta: Double = 0.75, bias: Double = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.bias = bias
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("X")
        try check(shape)
        return [.real(shape)]
    }

    func check(_ shape: [Int]) throws {
        guard shape.count >= 2 else {
            throw OperandError("needs at least two dimensions, N x C, not \(Shape.describe(shape))")
        }
        guard (1...1 << 20).contains(size) else { throw OperandError("size must be 1 to 2^20, not \(size)") }
    }

    /// The channels around one, of `count`.
    @inline(__always)
    func window(_ channel: Int, of count: Int) -> Range<Int> {
        max(0, channel - (size - 1) / 2)..<min(count, channel + size / 2 + 1)
    }

    /// s of every channel of the pixel that starts at `x`, whose channels lie `step` apart.
    @inline(__always)
    func sums<E: Scalar>(_ x: UnsafeMutablePointer<E>, _ step: Int, _ count: Int, _ sums: inout [E]) {
        let (factor, bias) = (E(alpha / Double(size)), E(bias))
        for c in 0..<count {
            var sum: E = 0
            for d in window(c, of: count) { sum += x[d * step] * x[d * step] }
            sums[c] = bias + factor * sum
        }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let (count, beta) = (x.shape[1], E(beta))
        guard count > 0 else { return }
        var sums = [E](repeating: 0, count: count)
        let (pixels, results) = (x.slice(1, at: 0), y.slice(1, at: 0))
        pixels.forEachIndex { index in
            let (from, to) = (pixels.place(of: index), results.place(of: index))
            self.sums(from, x.strides[1], count, &sums)
            for c in 0..<count { to[c * y.strides[1]] = from[c * x.strides[1]] * E.pow(sums[c], -beta) }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(LocalResponseGradient(of: self), gradient, context.input(0)), to: 0)
    }
}

/// The gradient of ``LocalResponse``: operands dy and x, result dy_c / s_c^β − 2αβ/n · x_c Σ dy_d x_d / s_d^(β+1) over the
/// channels d whose neighbour c is.
public struct LocalResponseGradient: Operator {
    public static let name = "LRNGradient"

    /// The operator.
    public let response: LocalResponse

    /// The gradient of an operator.
    public init(of response: LocalResponse) { self.response = response }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("dY", "X")
        try response.check(shape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, dx) = (operands.input(0), operands.input(1), operands.output())
        let (count, beta) = (x.shape[1], E(response.beta))
        let factor = E(2 * response.alpha * response.beta / Double(response.size))
        guard count > 0 else { return }
        var (sums, spread) = ([E](repeating: 0, count: count), [E](repeating: 0, count: count))
        let (gradients, pixels, results) = (dy.slice(1, at: 0), x.slice(1, at: 0), dx.slice(1, at: 0))
        pixels.forEachIndex { index in
            let (g, from, to) = (gradients.place(of: index), pixels.place(of: index), results.place(of: index))
            response.sums(from, x.strides[1], count, &sums)
            for c in 0..<count { spread[c] = 0 }
            for d in 0..<count {
                let share = g[d * dy.strides[1]] * from[d * x.strides[1]] * E.pow(sums[d], -beta - 1)
                for c in response.window(d, of: count) { spread[c] += share }
            }
            for c in 0..<count {
                to[c * dx.strides[1]] =
                    g[c * dy.strides[1]] * E.pow(sums[c], -beta) - factor * from[c * x.strides[1]] * spread[c]
            }
        }
    }
}

extension TensorView {
    /// The memory of the element at an index.
    @inline(__always)
    func place(of index: [Int]) -> UnsafeMutablePointer<Element> {
        pointer + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
