import Graphs
import Tensors

/// `LayerNormalization`, `InstanceNormalization`, `GroupNormalization`, `RMSNormalization`: the normalisation itself, then
/// the scale and the shift as a product and a sum.
///
/// The scale and shift of `GroupNormalization` belong to groups before opset 21, to channels since.
enum StandardizationBridge: OperatorBridge {
    static let opTypes = [
        "LayerNormalization", "InstanceNormalization", "GroupNormalization", "RMSNormalization",
    ]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let name = node.node.opType
        let epsilon = try node.number("epsilon", default: 1e-5)
        // The precision of the first half is the program's.
        if name != "InstanceNormalization" { node.ignore("stash_type") }
        let isOptional = name == "LayerNormalization" || name == "RMSNormalization"
        guard node.operands.count >= (isOptional ? 2 : 3), let x = node.operands[0], let scale = node.operands[1] else {
            throw OperandError("it must have a scale\(isOptional ? "" : " and a shift")")
        }
        guard node.operands.count <= (name == "RMSNormalization" ? 2 : 3) else {
            throw OperandError("takes at most 3 operands, but was given \(node.operands.count)")
        }
        let shift = node.operands.count == 3 ? node.operands[2] : nil
        switch name {
        case "LayerNormalization":
            let operation = Standardization(
                .fromAxis(try node.integer("axis", default: -1)), epsilon: epsilon)
            return .operations { builder in
                [try builder.scaled(try builder.apply(operation, x), by: scale, plus: shift)]
            }
        case "RMSNormalization": return try rootMeanSquare(&node, x, scale, epsilon)
        case "InstanceNormalization":
            guard let channels = node.shape(1)?.first else {
                throw OperandError("its scale is not known before data is")
            }
            return channelwise(Standardization(.channels(channels), epsilon: epsilon), x, scale, shift, node.shape(0))
        default:
            guard let groups = try node.integer("num_groups") else {
                throw OperandError("attribute 'num_groups' is missing")
            }
            let operation = Standardization(.channels(groups), epsilon: epsilon)
            return node.opset >= 21
                ? channelwise(operation, x, scale, shift, node.shape(0)) : groupwise(operation, groups, x, scale, shift)
        }
    }

    /// Scale and shift of each channel.
    private static func channelwise(
        _ operation: Standardization, _ x: ValueID, _ scale: ValueID, _ shift: ValueID?, _ shape: [Int]?
    ) -> NodeReading {
        .operations { builder in
            let y = try builder.apply(operation, x)
            let factors = try [scale, shift].map { vector in
                try vector.map { try builder.aligned($0, toChannelsOf: x, shape: shape) }
            }
            return [try builder.scaled(y, by: factors[0], plus: factors[1])]
        }
    }

    /// Scale and shift of each group.
    private static func groupwise(
        _ operation: Standardization, _ groups: Int, _ x: ValueID, _ scale: ValueID, _ shift: ValueID?
    ) -> NodeReading {
        .operations { builder in
            let target = builder.constant(.integers([0, groups, -1]))
            let y = try builder.apply(Reshape(), try builder.apply(operation, x), target)
            let factors = try [scale, shift].map { vector in
                try vector.map { try builder.apply(Unsqueeze(axes: [1]), $0) }
            }
            let result = try builder.scaled(y, by: factors[0], plus: factors[1])
            return [try builder.apply(Reshape(allowZero: true), result, try builder.apply(ShapeOf(), x))]
        }
    }

    /// x / √(mean(x²) + ε), the mean over all dimensions from the axis on.
    private static func rootMeanSquare(
        _ node: inout NodeReader, _ x: ValueID, _ scale: ValueID, _ epsilon: Double
    ) throws -> NodeReading {
        let axis = try node.integer("axis", default: -1)
        guard let rank = axis < 0 ? 0 : node.shape(0)?.count, axis < rank, axis > -16 else {
            throw OperandError("axis \(axis) lies outside the operand's dimensions, or their number is not known")
        }
        let offset = Constant.real(try Tensor(shape: [], elements: [Float(epsilon)]))
        return .operations { builder in
            let squares = try builder.apply(Mul(), x, x)
            let mean = try builder.apply(ReduceMean(axes: Array(axis..<rank)), squares)
            let sum = try builder.apply(Add(), mean, builder.constant(offset))
            let y = try builder.apply(Div(), x, try builder.apply(Sqrt(), sum))
            return [try builder.apply(Mul(), y, scale)]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        guard let standard = operation as? Standardization else { return nil }
        guard let shape = node.values.first??.type?.shape else {
            throw OperandError("the shape that it normalises must be known, because ONNX wants a scale of that shape")
        }
        func filled(_ shape: [Int], _ number: Float) throws -> NodeWriter.Operand {
            .constant(.real(try Tensor(shape: shape, elements: Array(repeating: number, count: Shape.count(shape)))))
        }
        let epsilon: (String, AttributeForm) = ("epsilon", .float(standard.epsilon))
        switch standard.groups {
        case .fromAxis(let axis):
            let first = axis < 0 ? axis + shape.count : axis
            guard shape.indices.contains(first) else { throw OperandError("axis \(axis) lies outside its operand") }
            try node.require(17, for: "LayerNormalization")
            node.addInput(try filled(Array(shape[first...]), 1))
            return NodeForm("LayerNormalization", [("axis", .int(axis)), epsilon])
        case .channels(let groups):
            guard shape.count > 2, groups == shape[1] else {
                throw OperandError("groups of several channels are not written: opset 21 changed what scales them")
            }
            node.addInput(try filled([groups], 1))
            node.addInput(try filled([groups], 0))
            return NodeForm("InstanceNormalization", [epsilon])
        }
    }
}

extension GraphBuilder {
    /// x · scale + shift.
    fileprivate mutating func scaled(
        _ x: ValueID, by scale: ValueID?, plus shift: ValueID?
    ) throws(GraphError) -> ValueID {
        let product = try scale.map { scale throws(GraphError) in try apply(Mul(), x, scale) } ?? x
        return try shift.map { shift throws(GraphError) in try apply(Add(), product, shift) } ?? product
    }

    /// A number for each channel, in a shape that broadcasts to N x C x ….
    fileprivate mutating func aligned(
        _ vector: ValueID, toChannelsOf x: ValueID, shape: [Int]?
    ) throws(GraphError) -> ValueID {
        if let rank = shape?.count { return try apply(Unsqueeze(axes: Array(1..<max(1, rank - 1))), vector) }
        // The rank is known once the graph is specialised: as many ones as there are dimensions behind the channels.
        let pixels = try apply(ShapeOf(), try apply(ShapeOf(start: 2), x))
        let ones = try apply(ConstantOfShape(.integer(1)), pixels)
        let target = try apply(Concat(axis: 0), constant(.integers([-1])), ones)
        return try apply(Reshape(), vector, target)
    }
}
