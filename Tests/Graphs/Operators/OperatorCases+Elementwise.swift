import Graphs

extension OperatorCases {
    static let arithmetic: [OperatorCase] = {
        let shapes: [(String, [Int], [Int])] = [
            ("equal shapes", [2, 3], [2, 3]),
            ("a row", [4, 3], [3]),
            ("both stretched", [3, 1, 2], [1, 4, 1]),
            ("a scalar", [], [2, 2]),
            ("images", [2, 5, 3, 4], [2, 5, 3, 4]),
            ("images and channels", [2, 5, 3, 4], [5, 1, 1]),
            ("pixels and images", [1, 1, 3, 4], [2, 5, 1, 1]),
            ("odd sizes", [17, 31], [17, 31]),
        ]
        let operators: [any Operator] = [Add(), Add(activation: .relu), Sub(), Mul(), Div()]
        let binary = operators.flatMap { operation in
            shapes.map { feature, a, b in
                OperatorCase(
                    operation, [.parameter(a), .nonzero(b)],
                    (operation as? Add)?.activation == .relu ? "\(feature), with ReLU" : feature)
            }
        }
        return binary + [
            OperatorCase(Sum(), [.parameter([2, 3]), .parameter([3]), .parameter([2, 1])], "three matrices"),
            OperatorCase(Sum(), [.parameter([2, 3, 2, 2])], "one image"),
            OperatorCase(
                Sum(), [.parameter([2, 3, 2, 2]), .parameter([2, 3, 2, 2]), .parameter([3, 1, 1])], "images"),
            OperatorCase(Scale(factor: -2.5), [.parameter([2, 3, 4, 2])], "images"),
            OperatorCase(Scale(factor: 0), [.parameter([5])], "by nothing"),
        ]
    }()

    static let activations: [OperatorCase] = {
        let operators: [any Operator] = [
            Relu(), LeakyRelu(), LeakyRelu(alpha: -0.3), Sigmoid(), Tanh(), Clip(lower: -0.5, upper: 0.7),
            Clip(upper: 0), Clip(lower: -1), Clip(),
        ]
        let elementwise = operators.flatMap { operation in
            [[2, 3, 5, 4], [17, 33], []].map { shape in
                OperatorCase(operation, [.parameter(shape)], "of \(shape.count) dimensions")
            }
        }
        let softmax = [
            (axis: -1, flattens: false, shape: [3, 5]), (1, false, [2, 5, 3, 4]), (0, false, [4, 3]),
            (-1, false, [2, 3, 4, 5]), (1, true, [2, 3, 4]), (2, true, [2, 3, 4, 2]), (0, true, [2, 3]),
            (0, false, [1]),
            (1, false, [1, 17]),
        ].flatMap { axis, flattens, shape in
            let feature = "axis \(axis) of \(shape.count)\(flattens ? ", flattened" : "")"
            return [
                OperatorCase(Softmax(axis: axis, flattensFromAxis: flattens), [.parameter(shape)], feature),
                OperatorCase(LogSoftmax(axis: axis, flattensFromAxis: flattens), [.parameter(shape)], feature),
            ]
        }
        let dropout = [[2, 3, 5, 4], [19], [1, 1]].flatMap { shape in
            [false, true].map { givesMask in
                OperatorCase(
                    Dropout(ratio: 0.4, salt: 11, givesMask: givesMask), [.parameter(shape)],
                    "of \(shape.count) dimensions\(givesMask ? ", with its mask" : "")")
            }
        }
        return elementwise + softmax + dropout
    }()
}
