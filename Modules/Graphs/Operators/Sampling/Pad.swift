import Tensors

/// A tensor with elements added in front of and behind every dimension, or taken away there. ONNX `Pad`.
///
/// Operands: data and, unless they are an attribute (before opset 11), the pads, then the number to fill with (0 if it is
/// left out) and the axes that the pads are of (all if they are left out). Pads are all those in front, then all those
/// behind; negative ones take elements away.
public struct Pad: SamplingOperator {
    public static let name = "Pad"

    /// What added elements are.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// One number.
        case constant
        /// The elements next to the border, in reverse order and without the border itself.
        case reflect
        /// The border.
        case edge
        /// The elements of the other end.
        case wrap
    }

    /// What added elements are.
    public let mode: Mode
    /// How much is added, where that is not an operand.
    public let pads: [Int]?
    /// The dimensions that the pads are of.
    public let axes: [Int]?

    /// The operator.
    public init(mode: Mode = .constant, pads: [Int]? = nil, axes: [Int]? = nil) {
        self.mode = mode
        self.pads = pads
        self.axes = axes
    }

    public var operandRange: ClosedRange<Int> { 1...4 }
    public var fillInput: Int? { mode == .constant ? 2 : nil }

    public func absorbing(_ operands: OperandInfos) throws -> Pad {
        Pad(
            mode: mode, pads: try operands.integers(1, "pads", attribute: pads),
            axes: try operands.integers(3, "axes", attribute: axes))
    }

    /// What is added in front of and behind each dimension.
    private func amounts(_ rank: Int) throws -> [(front: Int, back: Int)] {
        let axes = try Axes.resolve(axes ?? Array(0..<rank), rank: rank)
        guard let pads, pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude <= 1 << 40 }) else {
            throw OperandError("needs \(2 * axes.count) pads of at most 2^40, not \(pads ?? [])")
        }
        var amounts = [(front: Int, back: Int)](repeating: (0, 0), count: rank)
        for (index, axis) in axes.enumerated() { amounts[axis] = (pads[index], pads[index + axes.count]) }
        return amounts
    }

    public func resultShape(of shape: [Int]) throws -> [Int] {
        try zip(shape, amounts(shape.count)).map { size, pad in
            let result = size + pad.front + pad.back
            guard result >= 0 else {
                throw OperandError("pads \(pad.front) and \(pad.back) take away more than the \(size) that there are")
            }
            if mode != .constant, size == 0, result > 0 {
                throw OperandError("mode '\(mode.rawValue)' needs elements to repeat, but a dimension has none")
            }
            return result
        }
    }

    public func sources(_ axis: Int, of shape: [Int]) -> [[(index: Int, weight: Double)]] {
        guard let amounts = try? amounts(shape.count) else {
            preconditionFailure("the shape rule accepts only pads that fit")
        }
        let (size, pad) = (shape[axis], amounts[axis])
        return (-pad.front..<size + pad.back).map { index in
            if (0..<size).contains(index) { return [(index, 1)] }
            switch mode {
            case .constant: return []
            case .edge: return [(min(max(index, 0), size - 1), 1)]
            case .wrap: return [((index % size + size) % size, 1)]
            case .reflect:
                if size == 1 { return [(0, 1)] }
                let period = 2 * (size - 1)
                let place = (index % period + period) % period
                return [(min(place, period - place), 1)]
            }
        }
    }
}
