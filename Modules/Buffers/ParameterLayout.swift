/// What a slice of the parameter vector is for: rules treat some slices differently.
public enum ParameterKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Filters and matrices: decayed, regularised, pruned.
    case weight
    /// An offset added to an output channel.
    case bias
    /// Batch normalisation's factor, one a channel.
    case scale
    /// Batch normalisation's offset, one a channel.
    case shift
    /// A running statistic: kept by the network itself, never by an optimizer.
    case statistic

    /// Whether a gradient is taken with respect to it.
    public var isTrainable: Bool { self != .statistic }
}

/// One named tensor inside the parameter vector.
public struct ParameterSegment: Sendable, Hashable {
    /// The tensor's name, unique in its layout.
    public let name: String
    /// The tensor's shape; an empty shape is a scalar.
    public let shape: [Int]
    /// What the tensor is for.
    public let kind: ParameterKind
    /// The index of its first element in the vector.
    public let offset: Int
    /// The number of its elements.
    public let count: Int

    /// Its elements' indices in the vector.
    public var range: Range<Int> { offset..<offset + count }
}

/// A layout that cannot be made.
public enum ParameterLayoutError: Error, Equatable, CustomStringConvertible {
    /// Two tensors share a name.
    case duplicateName(String)
    /// A tensor's size is negative or overflows.
    case badShape(name: String, shape: [Int])

    public var description: String {
        switch self {
        case .duplicateName(let name): "two parameters are named '\(name)'; names must be unique"
        case .badShape(let name, let shape): "parameter '\(name)' has the impossible shape \(shape)"
        }
    }
}

/// Which slice of the parameter vector θ is which tensor.
///
/// Trainable tensors come first, in the order of their declaration, without gaps; statistics follow. So a gradient or
/// an optimizer's state is a buffer of `trainableCount` elements, and an extrapolation can take all `count`.
public struct ParameterLayout: Sendable, Hashable {
    /// The tensors, by rising offset.
    public let segments: [ParameterSegment]
    /// The number of trainable elements.
    public let trainableCount: Int
    /// The number of all elements.
    public let count: Int
    private let indices: [String: Int]

    /// Lays out tensors.
    ///
    /// - Throws: ``ParameterLayoutError`` for a name that occurs twice or a shape with no valid size.
    public init(_ declarations: [(name: String, shape: [Int], kind: ParameterKind)]) throws(ParameterLayoutError) {
        var segments: [ParameterSegment] = []
        var indices: [String: Int] = [:]
        var offset = 0
        var trainable = 0
        let ordered = declarations.filter { $0.kind.isTrainable } + declarations.filter { !$0.kind.isTrainable }
        for (name, shape, kind) in ordered {
            var size = 1
            for dimension in shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
                guard dimension >= 0, !overflow, product <= Int.max >> 8 else {
                    throw .badShape(name: name, shape: shape)
                }
                size = product
            }
            guard indices.updateValue(segments.count, forKey: name) == nil else { throw .duplicateName(name) }
            segments.append(
                ParameterSegment(name: name, shape: shape, kind: kind, offset: offset, count: size))
            offset += size
            if kind.isTrainable { trainable = offset }
        }
        self.segments = segments
        self.indices = indices
        trainableCount = trainable
        count = offset
    }

    /// The tensor called `name`, if there is one.
    public subscript(name: String) -> ParameterSegment? { indices[name].map { segments[$0] } }
}
