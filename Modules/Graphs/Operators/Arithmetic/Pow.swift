import Buffers
import Tensors

/// aᵇ, element by element, with broadcasting. ONNX `Pow`.
///
/// Operands: a, and b, which may be integers that are known before any data is. Powers of integers are integers, cut off
/// at the point where the exponents are real numbers.
public struct Pow: Operator {
    public static let name = "Pow"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        guard let a = operands[0]?.type, let b = operands[1]?.type else {
            throw OperandError("both operands must be given")
        }
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw OperandError(
                "the shapes \(Shape.describe(a.shape)) and \(Shape.describe(b.shape)) do not broadcast: "
                    + "aligned at the last dimension, sizes must be equal or 1")
        }
        guard b.kind == .real || operands[1]?.constant != nil else {
            throw OperandError("operand 1 (Y) must be real numbers, or integers that do not depend on data")
        }
        guard a.kind == .real || operands[1]?.constant != nil else {
            throw OperandError("operand 0 (X) holds integers, operand 1 (Y) real numbers that depend on data")
        }
        return [ValueType(a.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let shape = try? outputTypes(for: operands)[0].shape,
            let a = operands[0]?.constant?.integers(through: { $0.broadcast(to: shape) })?.integers
        else { return nil }
        if case .real(let exponents)? = operands[1]?.constant { return powers(a, exponents, shape) }
        guard
            let b = operands[1]?.constant?.integers(through: { $0.broadcast(to: shape) })?.integers
        else { return nil }
        let results = zip(a, b).compactMap { Self.power($0, $1) }
        return results.count == a.count ? [.integer(shape: shape, results)] : nil
    }

    /// Powers of integers with real exponents; `nil` if one is no number that an integer can be.
    private func powers(_ a: [Int], _ exponents: Tensor<Float>, _ shape: [Int]) -> [Constant]? {
        var results: [Int] = []
        let strides = Shape.rowMajorStrides(exponents.shape)
        let steps = shape.indices.map { axis -> Int in
            let place = axis - (shape.count - exponents.shape.count)
            return place >= 0 && exponents.shape[place] > 1 ? strides[place] : 0
        }
        var position = 0
        var fits = true
        TensorView<Float>.forEachIndex(of: shape) { index in
            let exponent = exponents.elements[zip(index, steps).reduce(0) { $0 + $1.0 * $1.1 }]
            let power = Self.power(Double(a[position]), Double(exponent)).rounded(.towardZero)
            if let whole = Int(exactly: power) { results.append(whole) } else { fits = false }
            position += 1
        }
        return fits ? [.integer(shape: shape, results)] : nil
    }

    private static func power(_ a: Int, _ b: Int) -> Int? {
        guard b >= 0 else { return nil }
        if b == 0 || a == 1 { return 1 }
        if a == 0 { return 0 }
        if a == -1 { return b % 2 == 0 ? 1 : -1 }
        // Every other number leaves the range within 63 steps.
        guard b < 64 else { return nil }
        var result = 1
        for _ in 0..<b {
            let (product, overflow) = result.multipliedReportingOverflow(by: a)
            if overflow { return nil }
            result = product
        }
        return result
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (a, y) = (operands.input(0), operands.output())
        if operands.isInteger(1) {
            let b = operands.integers(1).broadcast(to: y.shape)
            let base = a.broadcast(to: y.shape)
            y.forEachIndex { y[$0] = E.pow(base[$0], Int(b[$0])) }
            return
        }
        let b = operands.input(1)
        switch b.count == 1 ? b.pointer.pointee : 0 {
        case 2: y.set(from: a) { $0 * $0 }
        case 0.5: y.set(from: a) { $0.squareRoot() }
        default: y.set(from: a, b) { Self.power($0, $1) }
        }
    }

    /// The library's function knows no negative bases; whole exponents have them.
    @inline(__always)
    static func power<E: Scalar>(_ a: E, _ b: E) -> E {
        if a >= 0 { return b == 0 ? 1 : a == 0 ? (b > 0 ? 0 : .infinity) : E.pow(a, b) }
        guard b == b.rounded(.towardZero), let whole = Int(exactly: b) else { return b.isNaN ? b : .nan }
        return E.pow(a, whole)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        for index in 0..<2 where context.needsGradient(index) {
            let operation = PowGradient(isOfExponent: index == 1)
            let share = try context.emit(operation, gradient, context.input(0), context.input(1))
            context.contribute(try context.reduce(share, toShapeOf: context.input(index)), to: index)
        }
    }
}

/// A gradient of ``Pow``, before it is summed where an operand was stretched: operands dy, a, b; result
/// dy · b · aᵇ⁻¹ or, of the exponent, dy · aᵇ · ln a, which is taken as 0 where a is not positive.
public struct PowGradient: Operator {
    public static let name = "PowGradient"

    /// Whether it is the gradient with respect to b.
    public let isOfExponent: Bool

    /// The operator.
    public init(isOfExponent: Bool) { self.isOfExponent = isOfExponent }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(3...3)
        let powers = try Pow().outputTypes(for: OperandInfos([operands[1], operands[2]]))
        _ = try operands.shape(0, "dY")
        try operands.expectShape(0, "dY", powers[0].shape)
        return powers
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, y) = (operands.input(0), operands.output())
        let a = operands.input(1)
        if operands.isInteger(2) {
            let (base, exponent) = (a.broadcast(to: y.shape), operands.integers(2).broadcast(to: y.shape))
            y.forEachIndex { y[$0] = Self.slope(base[$0], E(exponent[$0])) }
        } else if isOfExponent {
            y.set(from: a, operands.input(2)) { a, b in a > 0 ? E.pow(a, b) * E.log(a) : 0 }
        } else {
            y.set(from: a, operands.input(2)) { Self.slope($0, $1) }
        }
        y.set(from: y, dy) { $0 * $1 }
    }

    @inline(__always)
    private static func slope<E: Scalar>(_ a: E, _ b: E) -> E { b == 0 ? 0 : b * Pow.power(a, b - 1) }
}
