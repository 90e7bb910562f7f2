import Graphs

extension OperatorCases {
    /// Of numbers of either sign, which keep away from the kinks at 0.
    static let functions: [OperatorCase] = {
        let everywhere: [any Operator] = [
            Exp(), Abs(), Neg(), Reciprocal(), Erf(), Floor(), Ceil(), Round(), Sign(), Elu(), Elu(alpha: 0.3), Celu(),
            Celu(alpha: 2.5), Selu(), Selu(alpha: 0.5, gamma: 2), HardSigmoid(), HardSigmoid(alpha: 0.6, beta: 0.1),
            HardSwish(), Mish(), Softplus(), Softsign(), Silu(), Gelu(), Gelu(approximates: true),
        ]
        return everywhere.enumerated().flatMap { index, operation in
            [[2, 3, 5, 4], [17, 33], []].map { shape in
                OperatorCase(operation, [.nonzero(shape)], "\(index), of \(shape.count) dimensions")
            }
        }
            + [Log(), Sqrt()].map { (operation: any Operator) in
                OperatorCase(operation, [.positive([2, 3, 5, 4])], "of positive numbers")
            } + [
                OperatorCase(PRelu(), [.nonzero([2, 3, 4, 5]), .parameter([3, 1, 1])], "a slope a channel"),
                OperatorCase(PRelu(), [.nonzero([4, 3]), .parameter([4, 3])], "a slope an element"),
                OperatorCase(PRelu(), [.nonzero([7]), .parameter([1])], "one slope"),
                OperatorCase(Pow(), [.positive([2, 3, 4, 5]), .parameter([3, 1, 1])], "of channels"),
                OperatorCase(Pow(), [.positive([3, 1]), .parameter([1, 4])], "both stretched"),
                OperatorCase(Pow(), [.nonzero([2, 5]), .integers([2, -3, 0, 1, 5])], "whole exponents"),
                OperatorCase(Max(), [.parameter([2, 3, 4, 5]), .parameter([3, 1, 1])], "images and channels"),
                OperatorCase(Max(), [.parameter([4]), .parameter([3, 1]), .parameter([])], "of three"),
                OperatorCase(Min(), [.parameter([2, 3, 4, 5]), .parameter([2, 3, 4, 5])], "of images"),
                OperatorCase(Min(), [.parameter([5])], "of one"),
            ]
    }()

    static let logic: [OperatorCase] =
        [
            OperatorCase(Where(), [.integers([1, 0, 1]), .parameter([2, 3]), .parameter([3])], "a known condition"),
            OperatorCase(
                Where(), [.truths([2, 3, 4, 5]), .parameter([3, 1, 1]), .parameter([2, 3, 4, 5])], "of images"),
            OperatorCase(Where(), [.truths([3, 1]), .parameter([]), .parameter([1, 4])], "all stretched"),
            OperatorCase(Not(), [.parameter([2, 3, 4, 5])], "of images"),
        ]
        + Comparison.Relation.allCases.map {
            OperatorCase(Comparison($0), [.parameter([2, 3, 4, 5]), .parameter([3, 1, 1])], $0.rawValue)
        }
        + Connective.Kind.allCases.map {
            OperatorCase(Connective($0), [.truths([2, 3]), .parameter([3])], $0.rawValue)
        }
}
