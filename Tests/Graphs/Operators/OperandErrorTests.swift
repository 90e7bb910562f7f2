import Buffers
import Graphs
import Tensors
import Testing

/// Operands that an operator must refuse, and words that its message must contain.
struct BadUse: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let operation: any Operator
    let operands: [CaseOperand]
    let message: String

    init(_ name: String, _ operation: any Operator, _ operands: [CaseOperand], says message: String) {
        testDescription = name
        self.operation = operation
        self.operands = operands
        self.message = message
    }

    private static let image = CaseOperand.parameter([2, 4, 5, 5])
    private static let window = Window(kernel: [3, 3])

    static let all: [BadUse] =
        [
            BadUse(
                "channels", Convolution(window: window), [image, .parameter([8, 3, 3, 3])], says: "4 input channels"),
            BadUse(
                "groups", Convolution(window: window, groups: .max), [image, .parameter([8, 4, 3, 3])], says: "groups"),
            BadUse(
                "rank", Convolution(window: window), [.parameter([4, 5, 5]), image], says: "must have 4 dimensions"),
            BadUse("missing W", Convolution(window: window), [image], says: "takes 2 to 3 operands, but was given 1"),
            BadUse(
                "bias", Convolution(window: window), [image, .parameter([8, 4, 3, 3]), .parameter([4])],
                says: "(B) must have the shape 8"),
            BadUse(
                "window too large", MaxPool(window: Window(kernel: [6, 6])), [image], says: "does not fit an image of 5"
            ),
            BadUse(
                "kernel of three", MaxPool(window: Window(kernel: [2, 2, 2])), [image],
                says: "kernel must be two numbers"
            ),
            BadUse(
                "stride 0", MaxPool(window: Window(kernel: [2, 2], strides: [0, 1])), [image], says: "strides must be"),
            BadUse(
                "huge dilation", AveragePool(window: Window(kernel: [2, 2], dilations: [.max, 1])), [image],
                says: "dilations must be"),
            BadUse(
                "padding as wide as the window", AveragePool(window: Window(kernel: [2, 2], padding: .all(2))), [image],
                says: "needs less padding"),
            BadUse(
                "negative padding",
                MaxPool(window: Window(kernel: [2, 2], padding: .explicit(top: -1, left: 0, bottom: 0, right: 0))),
                [image], says: "must not be negative"),
            BadUse("no pixels", GlobalAveragePool(), [.parameter([2, 3, 0, 4])], says: "has no mean"),
            BadUse(
                "scale of another size", BatchNormalization(),
                [image, .parameter([4]), .parameter([3]), .parameter([4]), .parameter([4])],
                says: "(B) must have the shape 4, but has 3"),
            BadUse(
                "one dimension", BatchNormalization(), [.parameter([4])] + Array(repeating: .parameter([4]), count: 4),
                says: "at least two dimensions"),
            BadUse(
                "negative epsilon", BatchNormalization(epsilon: -1),
                [image] + Array(repeating: .parameter([4]), count: 4), says: "epsilon must be"),
            BadUse("inner sizes", Gemm(), [.parameter([2, 3]), .parameter([4, 5])], says: "has 3 columns"),
            BadUse(
                "C", Gemm(), [.parameter([2, 3]), .parameter([3, 5]), .parameter([4])],
                says: "does not broadcast to 2 x 5"
            ),
            BadUse("matrices", MatMul(), [.parameter([2, 3]), .parameter([2, 3])], says: "A's last dimension"),
            BadUse("scalars", MatMul(), [.parameter([]), .parameter([])], says: "do not fit"),
            BadUse("integers", Relu(), [.labels([3], below: 2)], says: "must hold real numbers"),
            BadUse("broadcast", Mul(), [.parameter([2, 3]), .parameter([2])], says: "2 x 3 and 2 do not broadcast"),
            BadUse("kinds", Add(), [.parameter([2]), .integers([1, 2])], says: "one operand holds integers"),
            BadUse("one operand", Sub(), [.parameter([2])], says: "takes 2 operands"),
            BadUse("nothing to add", Sum(), [], says: "at least one operand"),
            BadUse("softmax axis", Softmax(axis: 2), [.parameter([2, 3])], says: "axis 2 lies outside 2 dimensions"),
            BadUse("softmax of a scalar", LogSoftmax(), [.parameter([])], says: "axis -1 lies outside 0"),
            BadUse("ratio", Dropout(ratio: 1), [.parameter([2])], says: "ratio"),
            BadUse("flatten axis", Flatten(axis: 5), [image], says: "axis 5"),
            BadUse("reshape", Reshape(), [image, .integers([3, -1])], says: "200 elements"),
            BadUse("two open sizes", Reshape(), [image, .integers([-1, -1])], says: "is no shape"),
            BadUse("overflow", Reshape(), [image, .integers([.max, .max])], says: "is no shape"),
            BadUse(
                "copied size", Reshape(), [.parameter([2]), .integers([2, 0])], says: "dimension 1 is to be copied"),
            BadUse("shape from data", Reshape(), [image, .labels([2], below: 3)], says: "do not depend on data"),
            BadUse("no constant", Reshape(), [image, .parameter([2])], says: "must be integers"),
            BadUse("expand", Expand(), [.parameter([2, 3]), .integers([4, 3])], says: "does not broadcast to 4 x 3"),
            BadUse("expand to nowhere", Expand(), [.parameter([1]), .integers([-4])], says: "does not broadcast"),
            BadUse("expand beyond memory", Expand(), [.parameter([1]), .integers([1 << 50])], says: "larger than any"),
            BadUse("permutation", Transpose(permutation: [0, 0, 1, 2]), [image], says: "perm [0, 0, 1, 2]"),
            BadUse("concat axis", Concat(axis: -5), [image], says: "axis -5"),
            BadUse(
                "concat shapes", Concat(axis: 1), [image, .parameter([2, 4, 5, 4])],
                says: "differ in more than dimension 1"
            ),
            BadUse("concat kinds", Concat(axis: 0), [.parameter([2]), .integers([2])], says: "differ"),
            BadUse("concat gap", Concat(axis: 0), [.parameter([2]), .absent, .parameter([2])], says: "operand 1"),
            BadUse("squeeze", Squeeze(axes: [1]), [image], says: "not all of size 1"),
            BadUse("unsqueeze", Unsqueeze(), [image], says: "needs axes"),
            BadUse("unsqueeze twice", Unsqueeze(axes: [0, -6]), [image], says: "twice"),
            BadUse(
                "gather outside", Gather(axis: 1), [image, .integers([4])], says: "index 4 lies outside dimension 1"),
            BadUse("gather by data", Gather(), [image, .labels([2], below: 2)], says: "do not depend on data"),
            BadUse("step 0", Slice(starts: [0], ends: [1], steps: [0]), [image], says: "step must not be 0"),
            BadUse("slice lists", Slice(starts: [0, 1], ends: [1]), [image], says: "should be as many"),
            BadUse("slice bounds", Slice(starts: [0]), [image], says: "starts and ends"),
            BadUse("reduced axis", ReduceMean(axes: [4]), [image], says: "axis 4"),
            BadUse("nothing to reduce", ReduceMean(), [.parameter([2, 0])], says: "nothing to reduce"),
            BadUse("axis twice", ReduceSum(axes: [1, -3]), [image], says: "twice"),
            BadUse("cast of data", Cast(to: .real), [.labels([2], below: 3)], says: "do not depend on data"),
            BadUse("cast like labels", CastLike(), [image, .labels([2], below: 3)], says: "do not depend on data"),
            BadUse("cast like nothing", CastLike(), [image], says: "takes 2"),
            BadUse("filled by data", ConstantOfShape(), [.labels([2], below: 3)], says: "do not depend on data"),
            BadUse("filled, negative", ConstantOfShape(), [.integers([2, -1])], says: "is no shape"),
            BadUse(
                "filled, too large", ConstantOfShape(), [.integers([1 << 30, 1 << 30])],
                says: "larger than any machine's memory"),
            BadUse(
                "too many integers", ConstantOfShape(.integer(1)), [.integers([1 << 23])], says: "8388608 is too large"),
            BadUse(
                "filled, large", ConstantOfShape(), [.integers([1 << 14, 1 << 14])], says: "16384 x 16384 is too large"),
            BadUse("filled without a shape", ConstantOfShape(), [.absent], says: "takes 1"),
            BadUse(
                "a part behind the end", Slice(starts: [5], ends: [7], axes: [2], overhang: .atEnd), [image],
                says: "part from 5 to 7 does not lie in a dimension of 5"),
            BadUse(
                "a part over the end", Slice(starts: [4], ends: [6], axes: [2], overhang: .refused), [image],
                says: "part from 4 to 6"),
            BadUse(
                "a region of too few", Resize(coordinates: .crop, axes: [2, 3], sizes: [2, 2], region: [0, 1]), [image],
                says: "a region of 2 starts"),
            BadUse(
                "a region without end", Resize(coordinates: .crop, axes: [2], sizes: [2], region: [0, .infinity]),
                [image], says: "up to 2^20"),
            BadUse(
                "a region of data", Resize(coordinates: .crop, sizes: [2, 4, 2, 2]), [image, .parameter([8])],
                says: "operand 1 (roi)"),
            BadUse(
                "places beyond single precision", MaxPoolPlaces(window: window), [.parameter([2, 4, 4096, 1024])],
                says: "2^24"),
            BadUse(
                "powers by data", Pow(), [.integers([2]), .parameter([1])], says: "real numbers that depend on data"),
            BadUse("pads", Pad(pads: [1, 2]), [image], says: "needs 8 pads"),
            BadUse("pads away", Pad(pads: [0, 0, -3, 0, 0, 0, -3, 0]), [image], says: "take away more than the 5"),
            BadUse(
                "pads beyond memory", Pad(), [image, .integers([0, 0, 0, 0, 1 << 40, 0, 0, 0])], says: "larger than"),
            BadUse(
                "pads of nothing", Pad(mode: .edge, pads: [1, 0]), [.parameter([0])], says: "needs elements to repeat"),
            BadUse("tile", Tile(), [image, .integers([1, 2])], says: "needs 4 numbers of repeats"),
            BadUse("tile beyond memory", Tile(repeats: [.max]), [.parameter([2])], says: "too large"),
            BadUse("resize to nothing", Resize(), [image], says: "needs 4 scales or sizes, not 0"),
            BadUse("negative scale", Resize(scales: [1, 1, -1, 1]), [image], says: "scale -1.0 is not one"),
            BadUse("scale that is no number", Resize(scales: [1, 1, .nan, 1]), [image], says: "scale nan is not one"),
            BadUse("resize beyond memory", Resize(sizes: [2, 4, 1 << 40, 1 << 40]), [image], says: "larger than any"),
            BadUse(
                "proportions beyond memory", Resize(axes: [2], proportions: .notLarger, sizes: [.max]), [image],
                says: "are not some"),
            BadUse("parts", Split(axis: 1, parts: 2, sizes: [1, 2]), [image], says: "do not make up dimension 1"),
            BadUse("no parts", Split(parts: 0), [image], says: "into 0 parts"),
            BadUse("blocks of channels", DepthToSpace(block: 3), [image], says: "4 channels do not divide"),
            BadUse("blocks of pixels", SpaceToDepth(block: 2), [image], says: "5 x 5 pixels do not divide"),
            BadUse("huge blocks", DepthToSpace(block: .max), [image], says: "do not divide"),
            BadUse("groups of channels", Standardization(.channels(3)), [image], says: "do not divide into 3 groups"),
            BadUse("axis of a layer", Standardization(.fromAxis(4)), [image], says: "axis 4"),
            BadUse("neighbours", LocalResponse(size: 0), [image], says: "size must be 1 to"),
            BadUse("neighbours of nothing", LocalResponse(size: 3), [.parameter([2])], says: "at least two dimensions"),
            BadUse("searched axis", ArgMax(axis: 4), [image], says: "axis 4"),
            BadUse("search in nothing", ArgMax(axis: 1), [.parameter([2, 0])], says: "is empty"),
            BadUse(
                "transposed kernel", ConvolutionTranspose(window: window), [image, .parameter([4, 2, 2, 2])],
                says: "differs from the weights'"),
            BadUse(
                "transposed groups", ConvolutionTranspose(window: window, groups: 0),
                [image, .parameter([4, 2, 3, 3])], says: "0 groups"),
            BadUse(
                "transposed to nothing",
                ConvolutionTranspose(window: Window(kernel: [3, 3], padding: .all(4))),
                [image, .parameter([4, 2, 3, 3])], says: "would have [-1, -1] pixels"),
            BadUse("steps of 0", Progression(), [.integers([0]), .integers([5]), .integers([0])], says: "steps of 0"),
            BadUse(
                "steps without end", Progression(), [.integers([0]), .integers([.max]), .integers([1])], says: "2^22"),
            BadUse("slopes", PRelu(), [image, .parameter([3])], says: "do not broadcast"),
            BadUse("labels", SoftmaxCrossEntropy(), [.parameter([4, 3]), .labels([3], below: 3)], says: "4 integers"),
            BadUse("target", MeanSquaredError(), [.parameter([4]), .parameter([3])], says: "must have the shape 4"),
            BadUse("no elements", MeanSquaredError(), [.parameter([0]), .parameter([0])], says: "no mean"),
            BadUse("negative dimension", Relu(), [.parameter([2, -3])], says: "cannot have the shape 2 x -3"),
            BadUse("impossible size", Relu(), [.parameter([1 << 40, 1 << 40])], says: "cannot have the shape"),
            BadUse("size hidden by 0", Flatten(axis: 2), [.parameter([1 << 40, 1 << 40, 0])], says: "cannot have"),
            BadUse("false constant", Gather(), [image, .integers([1], shape: [5])], says: "cannot have the shape 5"),
        ]
}

@Suite struct OperandErrorTests {
    @Test(arguments: BadUse.all) func badOperandsAreRefusedWithAHelpfulText(_ use: BadUse) throws {
        let network = { try OperandGraph(use.operation, use.operands) }
        let error = try #require(throws: GraphError.self) { try network().specialized() }
        guard case .badOperands(let node, let operation, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(node == "tested")
        #expect(operation == type(of: use.operation).name)
        #expect(reason.contains(use.message), "\(reason)")
    }

    @Test func integersThatDependOnDataAreRefused() throws {
        var graph = Graph(name: "test")
        let labels = graph.addInput("labels", dimensions: [.fixed(3)], kind: .integer)
        _ = try graph.apply(Identity(), labels, name: "copy")
        #expect(throws: GraphError.integersDependOnData(node: "copy", operation: "Identity")) {
            try graph.specialized(inputShapes: [[3]])
        }
    }

    @Test func integersAreNoOutputs() throws {
        var graph = Graph(name: "test")
        let x = graph.addInput("x", dimensions: [.fixed(3)])
        graph.addOutput(try graph.apply(ShapeOf(), x, name: "size"))
        #expect(throws: GraphError.integerOutput(name: "size")) {
            try Compiler(backends: .reference, workers: .serial).compile(
                graph, inputShapes: [[3]], mode: .inference, as: Float.self)
        }
    }
}

/// A graph of one operator, whose operands need not fit it.
struct OperandGraph {
    private(set) var graph = Graph(name: "operands")
    private var inputShapes: [[Int]] = []
    let results: [ValueID]

    init(_ operation: any Operator, _ operands: [CaseOperand]) throws {
        var ids: [ValueID?] = []
        for (index, operand) in operands.enumerated() {
            switch operand {
            case .parameter(let shape), .nonzero(let shape), .positive(let shape), .truths(let shape),
                .statistic(let shape):
                ids.append(graph.addParameter("p\(index)", shape: shape, kind: .weight))
            case .labels(let shape, _):
                ids.append(graph.addInput("i\(index)", dimensions: shape.map { .fixed($0) }, kind: .integer))
                inputShapes.append(shape)
            case .integers(let elements, let shape):
                ids.append(graph.addConstant(.integer(shape: shape ?? [elements.count], elements)))
            case .absent: ids.append(nil)
            }
        }
        results = try graph.append(operation, inputs: ids, name: "tested")
    }

    func specialized() throws -> Graph { try graph.specialized(inputShapes: inputShapes) }

    /// Runs it once, on zeros.
    func run() throws {
        var graph = graph
        for result in results { graph.addOutput(result) }
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: inputShapes, mode: .inference, as: Double.self)
        let theta = try AlignedBuffer<Double>(count: program.layout.count)
        let inputs = try inputShapes.map { try AlignedBuffer<Int32>(count: Shape.count($0)) }
        program.run(parameters: theta.pointer, inputs: inputs.map { UnsafeRawPointer($0.pointer) })
        withExtendedLifetime((theta, inputs)) {}
        for (index, result) in results.enumerated() {
            #expect(program.output(index).count == program.outputTypes[index].count)
            #expect(program.outputTypes[index] == program.graph.type(of: result) ?? program.outputTypes[index])
        }
    }
}
