import Tensors

/// A tensor resampled to other sizes. ONNX `Resize` and, with `asymmetric` and `floor`, `Upsample`.
///
/// Operands: data, the region that ``Coordinates/crop`` takes (all starts, then all ends, as parts of each dimension), and
/// the scales or, where they are left out, the sizes of the result: known before any data is.
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
    /// Whether every element of a smaller result is made of all those that it stands for, not just of its neighbours.
    public let antialiases: Bool
    /// The region: all starts, then all ends; `nil` for everything.
    public let region: [Double]?
    /// What elements are that lie outside of the operand, where a region does.
    public let extrapolation: Double

    /// The operator; what is `nil` comes from an operand or has its default.
    public init(
        interpolation: Interpolation = .nearest(.roundPreferFloor), coordinates: Coordinates = .halfPixel,
        takesScalesSecond: Bool = false, axes: [Int]? = nil, proportions: Proportions = .stretch,
        scales: [Double]? = nil, sizes: [Int]? = nil, antialiases: Bool = false, region: [Double]? = nil,
        extrapolation: Double = 0
    ) {
        self.interpolation = interpolation
        self.coordinates = coordinates
        self.takesScalesSecond = takesScalesSecond
        self.axes = axes
        self.proportions = proportions
        self.scales = scales
        self.sizes = sizes
        self.antialiases = antialiases
        self.region = region
        self.extrapolation = extrapolation
    }

    public var operandRange: ClosedRange<Int> { 1...4 }
    public var fillNumber: Double { extrapolation }

    public func absorbing(_ operands: OperandInfos) throws -> Resize {
        let place = takesScalesSecond ? 1 : 2
        var (scales, sizes, region) = (scales, sizes, region)
        if coordinates == .crop, region == nil, operands[1] != nil {
            guard case .real(let tensor)? = operands[1]?.constant else {
                throw OperandError("operand 1 (roi) must be real numbers that do not depend on data")
            }
            region = tensor.elements.map { Double("\($0)") ?? Double($0) }
        }
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
            proportions: proportions, scales: scales, sizes: sizes, antialiases: antialiases, region: region,
            extrapolation: extrapolation)
    }

    /// The size of each dimension of the result, and how much larger than the operand's it is.
    private func plan(_ shape: [Int]) throws -> [(size: Int, scale: Double, region: Extent)] {
        let axes = try Axes.resolve(axes ?? Array(shape.indices), rank: shape.count)
        var plan = shape.map { (size: $0, scale: 1.0, region: Extent.whole) }
        guard (scales?.count ?? sizes?.count) == axes.count else {
            throw OperandError("needs \(axes.count) scales or sizes, not \(scales?.count ?? sizes?.count ?? 0)")
        }
        if let region, region.count != 2 * axes.count || !region.allSatisfy({ abs($0) <= 0x1p20 }) {
            throw OperandError("needs a region of \(axes.count) starts and as many ends up to 2^20, not \(region)")
        }
        let common = try commonScale(axes.map { shape[$0] })
        for (index, axis) in axes.enumerated() {
            if let region { plan[axis].region = Extent(start: region[index], end: region[index + axes.count]) }
            if let scale = scales?[index] {
                let size = (Double(shape[axis]) * scale).rounded(.down)
                guard scale > 0, scale.isFinite, size >= 0, size <= 0x1p40 else {
                    throw OperandError("scale \(scale) is not one that a dimension of \(shape[axis]) can have")
                }
                (plan[axis].size, plan[axis].scale) = (Int(size), scale)
            } else if let size = sizes?[index] {
                guard (0...1 << 40).contains(size), shape[axis] > 0 || size == 0 else {
                    throw OperandError("size \(size) is not one that a dimension of \(shape[axis]) can be given")
                }
                if let common {
                    plan[axis].size = Int((common * Double(shape[axis]) + 0.5).rounded(.down))
                    plan[axis].scale = common
                } else {
                    plan[axis].size = size
                    plan[axis].scale = shape[axis] == 0 ? 1 : Double(size) / Double(shape[axis])
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
            let isWhole = coordinates != .crop || (plan.region.start == 0 && plan.region.end == 1)
            if plan.size == shape[axis], plan.scale == 1, isWhole { return [(index, 1)] }
            let place = coordinates.place(
                of: index, scale: plan.scale, from: shape[axis], to: plan.size, region: plan.region)
            if coordinates == .crop, place < 0 || place > Double(shape[axis] - 1) { return [] }
            return interpolation.sources(
                at: place, of: shape[axis], shrinks: plan.scale < 1,
                width: antialiases ? max(1, 1 / plan.scale) : 1)
        }
    }
}
