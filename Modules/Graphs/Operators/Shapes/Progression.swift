import Buffers
import Tensors

/// The numbers from a start in steps up to before a limit, all known before any data is. ONNX `Range`.
///
/// Operands: start, limit and step, each one number, all of one kind.
public struct Progression: Operator {
    public static let name = "Range"

    /// The operator.
    public init() {}

    private func list(_ operands: OperandInfos) throws -> Constant {
        try operands.expect(3...3)
        let constants = try (0..<3).map { index -> Constant in
            guard let constant = operands[index]?.constant, constant.type.count == 1 else {
                throw OperandError("operand \(index) must be one number that does not depend on data")
            }
            return constant
        }
        let integers = constants.compactMap { $0.integers?.first }
        if integers.count == 3 {
            let (distance, overflow) = integers[1].subtractingReportingOverflow(integers[0])
            let length = try count(Double(distance), Double(integers[2]), overflow: overflow)
            return .integers((0..<length).map { integers[0] &+ $0 &* integers[2] })
        }
        let numbers = constants.compactMap { constant -> Float? in
            if case .real(let tensor) = constant { tensor.elements[0] } else { nil }
        }
        guard numbers.count == 3 else { throw OperandError("some operands hold integers, others real numbers") }
        let length = try count(Double(numbers[1]) - Double(numbers[0]), Double(numbers[2]), overflow: false)
        let (first, step) = (Double(numbers[0]), Double(numbers[2]))
        let elements = (0..<length).map { index in Float(first + Double(index) * step) }
        return .real(try Tensor(shape: [length], elements: elements))
    }

    private func count(_ distance: Double, _ step: Double, overflow: Bool) throws -> Int {
        let count = max(0, (distance / step).rounded(.up))
        guard step != 0, !overflow, distance.isFinite, !step.isNaN, count <= 0x1p22 else {
            throw OperandError("a distance of \(distance) in steps of \(step) is not one of at most 2^22 numbers")
        }
        return Int(count)
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] { [try list(operands).type] }

    public func fold(_ operands: OperandInfos) -> [Constant]? { (try? list(operands)).map { [$0] } }

    /// - Precondition: never called; the result is folded whatever the operands are.
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        preconditionFailure("ranges are known before anything runs")
    }
}
