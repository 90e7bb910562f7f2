import Graphs

/// The table of cases that the shared suites run over. A new operator adds its cases to its family's list.
enum OperatorCases {
    static let all =
        windows + transposedConvolutions + normalization + standardizations + arithmetic + activations + functions + logic
        + shapes + sampling + linear + reductions + furtherReductions + losses

    static let normalization: [OperatorCase] = {
        func operands(_ shape: [Int]) -> [CaseOperand] {
            [.parameter(shape)] + [.parameter([shape[1]]), .parameter([shape[1]])]
                + [.statistic([shape[1]]), .statistic([shape[1]])]
        }
        return [
            // The compiler turns the first four into their training form.
            OperatorCase(BatchNormalization(), operands([3, 5, 4, 3]), "in training, 3 x 5 x 4 x 3"),
            OperatorCase(BatchNormalization(epsilon: 1e-3, momentum: 0.7), operands([7, 3]), "in training, a matrix"),
            OperatorCase(
                BatchNormalization(varianceCorrection: false), operands([2, 4, 5]), "in training, three dimensions"),
            OperatorCase(BatchNormalization(activation: .relu), operands([3, 2, 3, 5]), "in training, with ReLU"),
            OperatorCase(BatchNormalization(freezesStatistics: true), operands([2, 5, 3, 3]), "frozen"),
            OperatorCase(BatchNormalization(freezesStatistics: true), operands([1, 1, 1, 1]), "frozen, one element"),
            OperatorCase(
                BatchNormalization(freezesStatistics: true, activation: .relu), operands([4, 3]), "frozen, with ReLU"),
            OperatorCase(BatchNormalization(), operands([17, 19, 1, 1]), "in training, one pixel, 19 channels"),
        ]
    }()

    static let reductions: [OperatorCase] = [
        OperatorCase(ReduceMean(axes: [2, 3]), [.parameter([2, 5, 3, 4])], "of pixels"),
        OperatorCase(ReduceMean(axes: [-1], keepsDimensions: false), [.parameter([3, 5])], "last dimension dropped"),
        OperatorCase(ReduceMean(keepsDimensions: false), [.parameter([2, 3, 4])], "of everything"),
        OperatorCase(
            ReduceMean(keepsDimensions: false), [.parameter([2, 3, 4, 2]), .integers([1, -1])], "axes as operand"),
        OperatorCase(ReduceMean(isIdentityWithoutAxes: true), [.parameter([2, 3])], "of nothing"),
        OperatorCase(ReduceSum(axes: [0, 2]), [.parameter([3, 4, 5])], "two dimensions kept"),
        OperatorCase(ReduceSum(keepsDimensions: false), [.parameter([2, 3, 1, 2]), .integers([-3])], "of channels"),
        OperatorCase(ReduceSum(), [.parameter([])], "of a scalar"),
        OperatorCase(SumToShape(shape: [3, 1]), [.parameter([2, 3, 4])], "a matrix"),
        OperatorCase(SumToShape(shape: [1, 5, 1, 1]), [.parameter([2, 5, 3, 3])], "channels"),
        OperatorCase(SumToShape(shape: []), [.parameter([7])], "a scalar"),
    ]

    static let losses: [OperatorCase] = [
        OperatorCase(SoftmaxCrossEntropy(), [.parameter([5, 7]), .labels([5], below: 7)], "5 x 7"),
        OperatorCase(SoftmaxCrossEntropy(), [.parameter([1, 1]), .labels([1], below: 1)], "one class"),
        OperatorCase(SoftmaxCrossEntropy(), [.parameter([2, 3]), .integers([2, 0])], "constant labels"),
        OperatorCase(MeanSquaredError(), [.parameter([3, 4]), .parameter([3, 4])], "a matrix"),
        OperatorCase(MeanSquaredError(), [.parameter([2, 3, 2, 2]), .statistic([2, 3, 2, 2])], "images"),
        OperatorCase(MeanSquaredError(), [.parameter([]), .parameter([])], "scalars"),
    ]

    static let linear: [OperatorCase] = [
        OperatorCase(Gemm(), [.parameter([3, 5]), .parameter([5, 4]), .parameter([4])], "bias a row"),
        OperatorCase(
            Gemm(alpha: 0.5, beta: 2, transposeA: true),
            [.parameter([5, 3]), .parameter([5, 4]), .parameter([3, 1])],
            "A transposed, scaled"),
        OperatorCase(
            Gemm(transposeB: true, activation: .relu), [.parameter([7, 9]), .parameter([3, 9]), .parameter([])],
            "B transposed, with ReLU"),
        OperatorCase(
            Gemm(alpha: -1.5, transposeA: true, transposeB: true), [.parameter([4, 2]), .parameter([3, 4])],
            "both transposed, no C"),
        OperatorCase(Gemm(), [.parameter([1, 1]), .parameter([1, 1]), .parameter([1, 1])], "1 x 1"),
        OperatorCase(Gemm(), [.parameter([17, 33]), .parameter([33, 19]), .parameter([17, 19])], "odd sizes"),
        OperatorCase(MatMul(), [.parameter([3, 4]), .parameter([4, 5])], "matrices"),
        OperatorCase(MatMul(), [.parameter([2, 3, 4]), .parameter([4, 5])], "one matrix for a batch"),
        OperatorCase(MatMul(), [.parameter([2, 3, 4]), .parameter([2, 4, 5])], "a batch each"),
        OperatorCase(MatMul(), [.parameter([3, 4]), .parameter([2, 4, 5])], "A broadcast"),
        OperatorCase(MatMul(), [.parameter([2, 1, 3, 4]), .parameter([1, 3, 4, 2])], "both broadcast"),
        OperatorCase(MatMul(), [.parameter([4]), .parameter([4, 3])], "a row"),
        OperatorCase(MatMul(), [.parameter([3, 4]), .parameter([4])], "a column"),
        OperatorCase(MatMul(), [.parameter([4]), .parameter([4])], "inner product"),
        OperatorCase(MatMul(), [.parameter([4]), .parameter([2, 4, 3])], "a row times a batch"),
        OperatorCase(MatMul(), [.parameter([2, 3, 4]), .parameter([4])], "a batch times a column"),
        OperatorCase(MatMul(), [.parameter([1, 1]), .parameter([1, 1])], "1 x 1"),
        OperatorCase(MatMul(), [.parameter([17, 31]), .parameter([31, 33])], "odd sizes"),
    ]
}
