import Tensors

/// A tensor resampled to other sizes. ONNX `Resize` and, with `asymmetric` and `floor`, `Upsample`.
///
/// Operands: data, a region that is not used here, and the scales or, where they are left out, the sizes of the result:
/// known before any data is.
public struct Resize: SamplingOperator {
    public static let name = "Resize"

    /// Between which elements it interpolates, and how.
    public let interpolation: Interpolation
    /// Which place of the operand an element of the result stands for.
    public let coordinates: Coordinates
    /// Whether the scales are the second operand, as in `Upsample` and in opset 10, and not the third.
    public let takesScalesSecond: Bool
    /// The dimensions that scales and sizes are of; `nil` for all.
    public let axes: [Int]?
    /// What becomes of the image's proportions where sizes are given.
    public enum Proportions: String, Sendable, Hashable, CaseIterable {
        /// They follow the sizes.
        case stretch
        /// They stay; no size is exceeded.
        case notLarger = "not_larger"
        /// They stay; no size is fallen short of.
        case notSmaller = "not_smaller"
    }

    /// What becomes of the image's proportions where sizes are given.
    public let proportions: Proportions
    /// The scales.
    public let scales: [Double]?
    /// The sizes.
    public let sizes: [Int]?

    /// The operator; what is `nil` comes from an operand or has its default.
    public init(
        interpolation: Interpolation = .nearest(.roundPreferFloor), coordinates: Coordinates = .halfPixel,
        takesScalesSecond: Bool = false, axes: [Int]? = nil, proportions: Proportions = .stretch,
        scales: [Double]? = nil, sizes: [Int]? = nil
    ) {
        self.interpolation = interpolation
        self.coordinates = coordinates
        self.takesScalesSecond = takesScalesSecond
        self.axes = axes
        self.proportions = proportions
        self.scales = scales
        self.sizes = sizes
    }

    public var operandRange: ClosedRange<Int> { 1...4 }

    public func absorbing(_ operands: OperandInfos) throws -> Resize {
        let place = takesScalesSecond ? 1 : 2
        var (scales, sizes) = (scales, sizes)
        if scales == nil, let operand = operands[place] {
            guard case .real(let tensor)? = operand.constant else {
                throw OperandError("operand \(place) (scales) must be real numbers that do not depend on data")
            }
            // ONNX 10 and 11 leave it out by an empty list.
            if tensor.count > 0 { scales = tensor.elements.map { Double("\($0)") ?? Double($0) } }
        }
        if scales == nil, !takesScalesSecond { sizes = try operands.integers(3, "sizes", attribute: sizes) }
        return Resize(
            interpolation: interpolation, coordinates: coordinates, takesScalesSecond: takesScalesSecond, axes: axes,
            proportions: proportions, scales: scales, sizes: sizes)
    }

    /// The size of each dimension of the result, and how much larger than the operand's it is.
    private func plan(_ shape: [Int]) throws -> [(size: Int, scale: Double)] {
        let axes = try Axes.resolve(axes ?? Array(shape.indices), rank: shape.count)
        var plan = shape.map { (size: $0, scale: 1.0) }
        guard (scales?.count ?? sizes?.count) == axes.count else {
            throw OperandError("needs \(axes.count) scales or sizes, not \(scales?.count ?? sizes?.count ?? 0)")
        }
        let common = try commonScale(axes.map { shape[$0] })
        for (index, axis) in axes.enumerated() {
            if let scale = scales?[index] {
                let size = (Double(shape[axis]) * scale).rounded(.down)
                guard scale > 0, scale.isFinite, size >= 0, size <= 0x1p40 else {
                    throw OperandError("scale \(scale) is not one that a dimension of \(shape[axis]) can have")
                }
                plan[axis] = (Int(size), scale)
            } else if let size = sizes?[index] {
                guard (0...1 << 40).contains(size), shape[axis] > 0 || size == 0 else {
                    throw OperandError("size \(size) is not one that a dimension of \(shape[axis]) can be given")
                }
                if let common {
                    plan[axis] = (Int((common * Double(shape[axis]) + 0.5).rounded(.down)), common)
                } else {
                    plan[axis] = (size, shape[axis] == 0 ? 1 : Double(size) / Double(shape[axis]))
                }
            }
        }
        return plan
    }

    /// The scale of all dimensions where the proportions stay.
    private func commonScale(_ shape: [Int]) throws -> Double? {
        guard let sizes, scales == nil, proportions != .stretch else { return nil }
        guard shape.allSatisfy({ $0 > 0 }), sizes.allSatisfy({ (0...1 << 40).contains($0) }) else {
            throw OperandError("sizes \(sizes) are not some that \(Shape.describe(shape)) can be given")
        }
        let scales = zip(sizes, shape).map { Double($0) / Double($1) }
        let scale = proportions == .notLarger ? scales.min() : scales.max()
        guard let scale, shape.allSatisfy({ Double($0) * scale <= 0x1p40 }) else {
            throw OperandError("sizes \(sizes) are too large")
        }
        return scale
    }

    public func resultShape(of shape: [Int]) throws -> [Int] { try plan(shape).map(\.size) }

    public func sources(_ axis: Int, of shape: [Int]) -> [[(index: Int, weight: Double)]] {
        guard let plan = try? plan(shape)[axis] else {
            preconditionFailure("the shape rule accepts only scales and sizes that fit")
        }
        return (0..<plan.size).map { index in
            if plan.size == shape[axis], plan.scale == 1 { return [(index, 1)] }
            let place = coordinates.place(of: index, scale: plan.scale, from: shape[axis], to: plan.size)
            return interpolation.sources(at: place, of: shape[axis], shrinks: plan.scale < 1)
        }
    }
}
