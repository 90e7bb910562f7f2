import Graphs
import Tensors

extension LargeCase {
    /// Functions of one number and their gradients, and groups that are standardised.
    static let functions: [LargeCase] =
        units.map { LargeCase(type(of: $0).name, $0, [image]) }
        + units.map { LargeCase("\(type(of: $0).name) gradient", UnaryGradient(of: $0), [image, image]) }
        + ([Sqrt(), Reciprocal()] as [any UnaryOperator]).flatMap { root in
            [
                LargeCase(type(of: root).name, root, [image], isPositive: true),
                LargeCase("gradient", UnaryGradient(of: root), [image, image], isPositive: true),
            ]
        } + standardized

    private static let units: [any UnaryOperator] = [
        Abs(), Exp(), Erf(), Elu(alpha: 0.7), Celu(alpha: 1.7), Selu(), HardSigmoid(alpha: 0.4, beta: 0.3), HardSwish(),
        Silu(), Gelu(), Gelu(approximates: true), Mish(), Softplus(), Softsign(),
    ]

    private static let standardized: [LargeCase] = [
        (Standardization(.fromAxis(-1)), [700, 103]), (Standardization(.fromAxis(1), epsilon: 1e-3), [7, 5, 31, 29]),
        (Standardization(.channels(7)), [3, 70, 17, 19]), (Standardization(.channels(70)), [3, 70, 17, 19]),
    ].flatMap { (operation, shape) in
        [
            LargeCase("standardization", operation, [shape]),
            LargeCase("standardization gradient", StandardizationGradient(of: operation), [shape, shape]),
        ]
    }

    /// Elements that are moved: long runs, short ones, transposed blocks, single elements.
    static let rearranged: [LargeCase] =
        [false, true].flatMap { channelsLast in
            [
                LargeCase("concat", Concat(axis: 1), [wide, wide, [5, 3, 17, 19]], channelsLast: channelsLast),
                LargeCase("concat", Concat(axis: 3), [wide, [5, 70, 17, 1]], channelsLast: channelsLast),
                LargeCase("concat", Concat(axis: 0), [wide, [1, 70, 17, 19]], channelsLast: channelsLast),
                LargeCase(
                    "slice", Slice(starts: [13, 1], ends: [66, 15], axes: [1, 2]), [wide], channelsLast: channelsLast),
                LargeCase(
                    "slice", Slice(starts: [-1, 0], ends: [-100, 19], axes: [1, 3], steps: [-3, 2]), [wide],
                    channelsLast: channelsLast),
                LargeCase(
                    "slice gradient", SliceGradient(slice: Slice(starts: [13], ends: [66], axes: [1]), shape: wide),
                    [[5, 53, 17, 19]], channelsLast: channelsLast),
                LargeCase("split", Split(axis: 1, parts: 3, sizes: [1, 37, 32]), [wide], channelsLast: channelsLast),
                LargeCase("transpose", Transpose(permutation: [1, 0, 3, 2]), [wide], channelsLast: channelsLast),
                LargeCase("transpose", Transpose(permutation: [0, 1, 3, 2]), [wide], channelsLast: channelsLast),
                LargeCase("shuffle", ShuffleChannels(groups: 2), [wide], channelsLast: channelsLast),
                LargeCase("shuffle", ShuffleChannels(groups: 35), [wide], channelsLast: channelsLast),
                LargeCase("depth to space", DepthToSpace(block: 2), [[5, 72, 17, 19]], channelsLast: channelsLast),
                LargeCase(
                    "depth to space", DepthToSpace(block: 3, isColumnRowDepth: true), [[5, 72, 17, 19]],
                    channelsLast: channelsLast),
                LargeCase("space to depth", SpaceToDepth(block: 2), [[5, 35, 34, 38]], channelsLast: channelsLast),
            ]
        } + [
            LargeCase("transpose", Transpose(), [[311, 207]]),
            LargeCase("transpose", Transpose(), [[31, 5, 17, 3, 7]]),
            LargeCase("transpose", Transpose(permutation: [0, 2, 1, 3, 4]), [[5, 2, 35, 17, 19]]),
            LargeCase("one element", Slice(starts: [3], ends: [4], axes: [0]), [[9]]),
        ]

    /// Images that are resized or padded, and the way back.
    static let sampled: [LargeCase] = [false, true].flatMap { channelsLast in
        let resized: [any SamplingOperator] = [
            Resize(interpolation: .nearest(.floor), coordinates: .asymmetric, sizes: [5, 70, 34, 38]),
            Resize(interpolation: .linear, sizes: [5, 70, 34, 38]),
            Resize(interpolation: .linear, sizes: [5, 70, 9, 11]),
            Resize(
                interpolation: .cubic(a: -0.75, excludesOutside: false), coordinates: .alignCorners,
                sizes: [5, 70, 23, 20]),
            Pad(pads: [0, 0, 2, 1, 0, 0, 3, 4]), Pad(pads: [1, 2, -2, 1, 0, 3, 3, -4]),
            Pad(mode: .reflect, pads: [0, 0, 2, 1, 0, 0, 3, 4]), Pad(mode: .edge, pads: [0, 0, 2, 1, 0, 0, 3, -4]),
            Pad(mode: .wrap, pads: [0, 0, 0, 1, 0, 0, 3, 0]),
        ]
        return resized.flatMap { operation -> [LargeCase] in
            let result = (try? operation.resultShape(of: wide)) ?? []
            let name = "\(type(of: operation).name)"
            return [
                LargeCase(name, operation, [wide], channelsLast: channelsLast),
                LargeCase(
                    "\(name) gradient", SamplingGradient(sampling: operation, shape: wide), [result],
                    channelsLast: channelsLast),
            ]
        }
    }

    /// Two tensors, element by element.
    static let compared: [LargeCase] =
        [
            LargeCase("prelu", PRelu(), [wide, [70, 1, 1]], channelsLast: true),
            LargeCase("prelu", PRelu(), [wide, [70, 1, 1]]), LargeCase("prelu", PRelu(), [wide, [1]]),
            LargeCase("max", Max(), [image, image]), LargeCase("min", Min(), [image, []], channelsLast: true),
            LargeCase("where", Where(), [image, image, image], channelsLast: true),
            LargeCase("where", Where(), [image, [], image]),
            LargeCase("product sum", ProductSum(shape: [5, 70, 1, 1]), [wide, wide], channelsLast: true),
            LargeCase("product sum", ProductSum(shape: [70, 1, 1]), [wide, wide]),
            LargeCase("product sum", ProductSum(shape: [211]), [[300, 211], [300, 211]]),
        ]
        + Comparison.Relation.allCases.map { LargeCase($0.rawValue, Comparison($0), [image, image]) }
}
