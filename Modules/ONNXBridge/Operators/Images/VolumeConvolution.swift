import Graphs
import Tensors

/// `Conv` and `ConvTranspose` of three dimensions, as two steps of images.
///
/// A filter of kD x kH x kW is kD filters of planes: along the depth, the channels of kD neighbouring planes are put behind
/// each other (or, transposed, added up again), by a grouped convolution whose filters are rows of the identity; what is
/// left is a convolution of planes with kD times the channels. It is exact, has a gradient, and uses the kernels of images;
/// it takes kD times the memory of the operand.
struct VolumeConvolution {
    private let depth: Window
    private let image: Window
    private let groups: Int
    private let operands: [ValueID?]
    private let weights: [Int]

    init(_ node: NodeReader, depth: Window, image: Window, groups: Int, _ weights: [Int]?) throws {
        guard let weights, weights.count == 5 else {
            throw OperandError("its weights must be known before data is, and have 5 dimensions")
        }
        guard (2...3).contains(node.operands.count), node.operands[0] != nil, node.operands[1] != nil else {
            throw OperandError("takes 2 to 3 operands, but was given \(node.operands.count)")
        }
        try node.requireVolume()
        guard (1...1 << 20).contains(groups), weights.allSatisfy({ (1...1 << 20).contains($0) }),
            weights[1] * groups * weights[2] * weights[2] <= 1 << 22
        else {
            throw OperandError("weights of \(Shape.describe(weights)) in \(groups) groups are too many along the depth")
        }
        (self.depth, self.image, self.groups, self.weights) = (depth, image, groups, weights)
        operands = node.operands
    }

    private var bias: ValueID? { operands.count == 3 ? operands[2] : nil }

    /// N x C x D x H x W to N x M x D' x H' x W'.
    func forward() -> NodeReading {
        .operations { builder in
            let channels = weights[1] * groups
            let gathered = try builder.alongDepth(operands[0]) { builder, x in
                try builder.apply(
                    Convolution(window: depth, groups: channels), x, try rows(of: channels, &builder))
            }
            let filters = try builder.apply(
                Reshape(), operands[1],
                builder.constant(.integers([weights[0], weights[1] * weights[2]] + weights[3...])))
            return [
                try builder.onPlanes(gathered) { builder, x in
                    try builder.add(Convolution(window: image, groups: groups), inputs: [x, filters, bias])[0]
                }
            ]
        }
    }

    /// The way back; the attributes that only it has are read from the node.
    func transposed(_ node: inout NodeReader) throws -> NodeReading {
        let added = try node.list("output_padding", default: 0, 3)
        guard try node.integers("output_shape") == nil else {
            throw OperandError("attribute 'output_shape' is not supported for images of three dimensions")
        }
        return .operations { builder in
            let channels = weights[1] * groups
            let filters = try builder.apply(
                Reshape(), operands[1],
                builder.constant(.integers([weights[0], weights[1] * weights[2]] + weights[3...])))
            let planes = try builder.onPlanes(operands[0]) { builder, x in
                try builder.apply(
                    ConvolutionTranspose(window: image, groups: groups, outputPadding: Array(added[1...])), x, filters)
            }
            let sum = try builder.alongDepth(planes) { builder, x in
                try builder.apply(
                    ConvolutionTranspose(window: depth, groups: channels, outputPadding: [added[0], 0]), x,
                    try rows(of: channels, &builder))
            }
            guard let bias else { return [sum] }
            return [try builder.apply(Add(), sum, try builder.apply(Unsqueeze(axes: [1, 2, 3]), bias))]
        }
    }

    /// For each channel the rows of an identity: filters of kD x 1 that pick one plane each.
    private func rows(of channels: Int, _ builder: inout GraphBuilder) throws -> ValueID {
        let count = weights[2]
        let elements = (0..<channels * count * count).map { Float($0 / count % count == $0 % count ? 1 : 0) }
        return builder.constant(.real(try Tensor(shape: [channels * count, 1, count, 1], elements: elements)))
    }
}

extension NodeReader {
    /// Checks that the first operand can be images of three dimensions, where that is known while the file is read.
    func requireVolume() throws {
        if let rank = rank(0), rank != 5 {
            throw OperandError("its operand has \(rank) dimensions; a kernel of 3 needs 5, N x C x D x H x W")
        }
    }
}

/// Images of three dimensions, N x C x D x H x W, as images of two, for what the closures do.
extension GraphBuilder {
    /// Images of D rows, each of which is a plane.
    mutating func alongDepth(
        _ x: ValueID?, _ body: (inout GraphBuilder, ValueID) throws -> ValueID
    ) throws -> ValueID {
        let y = try body(&self, try apply(Reshape(), x, constant(.integers([0, 0, 0, -1]))))
        return try reshape(y, [apply(ShapeOf(end: 3), y), apply(ShapeOf(start: 3), x)])
    }

    /// One image of H rows for each plane, with all of its channels.
    mutating func onPlanes(
        _ x: ValueID?, _ body: (inout GraphBuilder, ValueID) throws -> ValueID
    ) throws -> ValueID {
        let swap = Transpose(permutation: [0, 2, 1, 3, 4])
        let planes = try apply(swap, x)
        let y = try body(&self, try reshape(planes, [constant(.integers([-1])), apply(ShapeOf(start: 2), planes)]))
        return try apply(swap, try reshape(y, [apply(ShapeOf(end: 2), planes), apply(ShapeOf(start: 1), y)]))
    }

    /// Images of H rows whose channels are all planes of all channels.
    mutating func onPlanesOfChannels(
        _ x: ValueID?, _ body: (inout GraphBuilder, ValueID) throws -> ValueID
    ) throws -> ValueID {
        let merged = [try apply(ShapeOf(end: 1), x), constant(.integers([-1])), try apply(ShapeOf(start: 3), x)]
        let y = try body(&self, try reshape(x, merged))
        return try reshape(y, [apply(ShapeOf(end: 3), x), apply(ShapeOf(start: 2), y)])
    }

    private mutating func reshape(_ x: ValueID?, _ parts: [ValueID]) throws -> ValueID {
        try apply(Reshape(), x, try add(Concat(axis: 0), inputs: parts)[0])
    }
}
