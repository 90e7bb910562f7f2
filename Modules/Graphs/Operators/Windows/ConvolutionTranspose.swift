import Buffers
import Tensors

/// A convolution run backwards: every pixel is spread over a window of a larger image. ONNX `ConvTranspose` without its
/// bias, which is a node of its own.
///
/// Operands: x (N x C x H x W), w (C x O/groups x kernel). Specialising a graph makes it a ``ConvolutionDataGradient``.
public struct ConvolutionTranspose: Operator {
    public static let name = "ConvTranspose"

    /// The window; its padding is taken away from the result.
    public let window: Window
    /// The number of groups of channels, at least 1; it divides C.
    public let groups: Int
    /// Rows and columns that are added at the end of the result.
    public let outputPadding: [Int]
    /// The result's height and width, where they are fixed; the padding follows from them.
    public let outputSize: [Int]?

    /// The operator.
    public init(window: Window, groups: Int = 1, outputPadding: [Int] = [0, 0], outputSize: [Int]? = nil) {
        self.window = window
        self.groups = groups
        self.outputPadding = outputPadding
        self.outputSize = outputSize
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let gradient = try resolved(operands)
        return try gradient.outputTypes(for: operands)
    }

    public func resolved(for operands: OperandInfos) -> any Operator { (try? resolved(operands)) ?? self }

    private func resolved(_ operands: OperandInfos) throws -> ConvolutionDataGradient {
        let (x, w) = (try operands.shape(0, "X", rank: 4), try operands.shape(1, "W", rank: 4))
        guard groups >= 1, w[1] <= 1 << 40, groups <= 1 << 20, outputPadding.count == 2,
            outputPadding.allSatisfy({ (0...1 << 20).contains($0) })
        else { throw OperandError("\(groups) groups and an output padding of \(outputPadding) are not possible") }
        // The window is checked before its numbers are calculated with.
        _ = try Window(
            kernel: window.kernel, strides: window.strides, dilations: window.dilations, padding: .all(1 << 20)
        )
        .placed(on: [1 << 20, 1 << 20])
        guard window.kernel == Array(w[2...]) else {
            throw OperandError("kernel_shape \(window.kernel) differs from the weights' \(Array(w[2...]))")
        }
        var (size, begin, end) = ([0, 0], [0, 0], [0, 0])
        for axis in 0..<2 {
            let extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1
            let full = window.strides[axis] * (x[2 + axis] - 1) + outputPadding[axis] + extent
            if let outputSize {
                guard outputSize.count == 2, outputSize.allSatisfy({ (1...1 << 40).contains($0) }) else {
                    throw OperandError("output_shape must be two numbers from 1 on, but is \(outputSize)")
                }
                size[axis] = outputSize[axis]
            }
            switch window.padding {
            case .explicit(let top, let left, let bottom, let right) where outputSize == nil:
                (begin[axis], end[axis]) = axis == 0 ? (top, bottom) : (left, right)
                guard (0...1 << 20).contains(begin[axis]), (0...1 << 20).contains(end[axis]) else {
                    throw OperandError("pads must not be negative, but are \(begin[axis]) and \(end[axis])")
                }
                size[axis] = full - begin[axis] - end[axis]
            default:
                if outputSize == nil { size[axis] = x[2 + axis] * window.strides[axis] }
                let total = max(0, full - size[axis])
                let small = total / 2
                begin[axis] = window.padding == .sameUpper ? small : total - small
                end[axis] = total - begin[axis]
            }
        }
        guard size.allSatisfy({ $0 > 0 }) else { throw OperandError("the result would have \(size) pixels") }
        let placed = Window(
            kernel: window.kernel, strides: window.strides, dilations: window.dilations,
            padding: .explicit(top: begin[0], left: begin[1], bottom: end[0], right: end[1]))
        return ConvolutionDataGradient(window: placed, groups: groups, shape: [x[0], w[1] * groups] + size)
    }

    /// - Precondition: never called; specialising a graph replaces the operator.
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        preconditionFailure("specialising a graph replaces a transposed convolution by a convolution's gradient")
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let x = inputs[0], let w = inputs[1]?.shape else { return 0 }
        return Shape.checkedCount([x.count] + w[1...]) ?? .max
    }
}
