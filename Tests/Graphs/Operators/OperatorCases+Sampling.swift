import Graphs

extension OperatorCases {
    static let sampling = padding + resizing + regrouping

    private static let image = CaseOperand.parameter([2, 3, 4, 5])

    private static let padding: [OperatorCase] =
        Pad.Mode.allCases.flatMap { mode in
            [
                OperatorCase(Pad(mode: mode), [image, .integers([0, 0, 1, 2, 0, 0, 6, 1])], "around images, \(mode)"),
                OperatorCase(
                    Pad(mode: mode), [image, .integers([0, 1, -1, 2, 0, -2, 3, -3])], "and taken away, \(mode)"),
            ]
        } + [
            OperatorCase(Pad(pads: [2, 0, 1, 3]), [.parameter([3, 4])], "as attribute"),
            OperatorCase(
                Pad(), [.parameter([3, 4]), .integers([2, 1]), .statistic([]), .integers([-1])],
                "with a number, one axis"),
            OperatorCase(Pad(mode: .reflect), [.parameter([1, 3]), .integers([2, 5, 0, 4])], "far beyond the end"),
        ]

    private static func resize(
        _ feature: String, _ interpolation: Interpolation, _ coordinates: Coordinates = .halfPixel, to sizes: [Int]
    ) -> OperatorCase {
        OperatorCase(
            Resize(interpolation: interpolation, coordinates: coordinates),
            [image, .absent, .absent, .integers([2, 3] + sizes)], feature)
    }

    private static let resizing: [OperatorCase] =
        Coordinates.allCases.flatMap { coordinates in
            [
                resize("linear, \(coordinates)", .linear, coordinates, to: [7, 3]),
                resize("nearest, \(coordinates)", .nearest(.roundPreferFloor), coordinates, to: [8, 1]),
                resize("cubic, \(coordinates)", .cubic(a: -0.75, excludesOutside: false), coordinates, to: [3, 9]),
            ]
        }
        + Interpolation.Rounding.allCases.map { resize("\($0)", .nearest($0), to: [6, 3]) } + [
            resize("cubic, the border left out", .cubic(a: -0.5, excludesOutside: true), to: [6, 3]),
            OperatorCase(Resize(interpolation: .linear, scales: [1, 1, 2, 0.5]), [image], "scales as attribute"),
            OperatorCase(
                Resize(axes: [-1], proportions: .notLarger, sizes: [9]), [.parameter([2, 3])], "one axis, in proportion"
            ),
            OperatorCase(
                Resize(axes: [2, 3], proportions: .notSmaller), [image, .absent, .absent, .integers([6, 6])],
                "in proportion"),
            OperatorCase(
                Resize(
                    interpolation: .linear, coordinates: .crop, axes: [2, 3], sizes: [5, 4],
                    region: [0.25, 0.8, 0.75, -0.1], extrapolation: 2.5),
                [image], "a region, mirrored"),
            OperatorCase(
                Resize(
                    interpolation: .cubic(a: -0.75, excludesOutside: false), coordinates: .crop, axes: [-1], sizes: [7],
                    region: [-0.5, 1.25], extrapolation: -1.5),
                [.parameter([2, 6])], "a region that is larger"),
            OperatorCase(
                Resize(interpolation: .linear, sizes: [2, 3, 2, 3], antialiases: true), [image], "without aliasing"),
            OperatorCase(
                Resize(
                    interpolation: .cubic(a: -0.5, excludesOutside: true), axes: [0, 1], scales: [0.3, 1.5],
                    antialiases: true),
                [.parameter([10, 3])], "cubic, without aliasing"),
            OperatorCase(Tile(), [image, .integers([2, 1, 1, 3])], "images"),
            OperatorCase(Tile(repeats: [0, 2]), [.parameter([2, 3])], "into nothing"),
        ]

    private static let regrouping: [OperatorCase] = {
        var split = OperatorCase(
            Split(axis: 1, parts: 3), [.parameter([2, 4, 3, 3]), .integers([1, 0, 3])], "channels")
        split.differentiableOutputs = [0, 2]
        var uneven = OperatorCase(Split(axis: -1, parts: 2), [.parameter([3, 5])], "unevenly")
        uneven.differentiableOutputs = [0, 1]
        var part = OperatorCase(Split(parts: 2), [.parameter([4, 2])], "one part used")
        part.differentiableOutputs = [1]
        return [
            split, uneven, part,
            OperatorCase(DepthToSpace(block: 2), [.parameter([2, 8, 3, 2])], "blocks together"),
            OperatorCase(DepthToSpace(block: 3, isColumnRowDepth: true), [.parameter([1, 18, 2, 1])], "blocks apart"),
            OperatorCase(SpaceToDepth(block: 2), [.parameter([2, 3, 4, 6])], "blocks together"),
            OperatorCase(SpaceToDepth(block: 2, isColumnRowDepth: true), [.parameter([1, 2, 2, 4])], "blocks apart"),
        ]
    }()

    private static func transposed(
        _ x: [Int], _ w: [Int], _ feature: String, strides: [Int] = [1, 1], dilations: [Int] = [1, 1],
        padding: Padding = .none, groups: Int = 1, outputPadding: [Int] = [0, 0], size: [Int]? = nil
    ) -> OperatorCase {
        let window = Window(kernel: Array(w[2...]), strides: strides, dilations: dilations, padding: padding)
        return OperatorCase(
            ConvolutionTranspose(window: window, groups: groups, outputPadding: outputPadding, outputSize: size),
            [.parameter(x), .parameter(w)], feature)
    }

    static let transposedConvolutions: [OperatorCase] = [
        transposed([2, 3, 3, 4], [3, 2, 3, 3], "plain"),
        transposed(
            [2, 4, 3, 3], [4, 3, 3, 2], "groups, strides, pads", strides: [2, 3],
            padding: .explicit(top: 1, left: 0, bottom: 0, right: 2), groups: 2),
        transposed([1, 4, 3, 2], [4, 1, 2, 2], "depthwise, dilated", dilations: [2, 1], groups: 4),
        transposed([1, 2, 3, 3], [2, 3, 3, 3], "rows added", strides: [2, 2], outputPadding: [1, 0]),
        transposed([1, 2, 3, 3], [2, 3, 3, 4], "the same size", strides: [2, 2], padding: .sameUpper),
        transposed([1, 2, 3, 3], [2, 3, 3, 3], "a size", strides: [2, 2], size: [6, 7]),
    ]

    static let standardizations: [OperatorCase] = [
        OperatorCase(Standardization(.fromAxis(-1)), [.parameter([3, 4, 7])], "of rows"),
        OperatorCase(Standardization(.fromAxis(1), epsilon: 0.1), [.parameter([2, 3, 4, 3])], "of images"),
        OperatorCase(Standardization(.channels(2)), [.parameter([2, 4, 3, 3])], "of groups"),
        OperatorCase(Standardization(.channels(3)), [.parameter([2, 3, 5])], "of channels"),
        OperatorCase(LocalResponse(size: 3, alpha: 0.7, beta: 0.6, bias: 1.5), [.parameter([2, 5, 2, 3])], "odd"),
        OperatorCase(LocalResponse(size: 4, alpha: 0.5), [.parameter([2, 6, 3])], "even"),
        OperatorCase(LocalResponse(size: 9), [.parameter([3, 2])], "wider than the channels"),
    ]

    static let furtherReductions: [OperatorCase] = [
        OperatorCase(ReduceMax(axes: [2, 3]), [.parameter([2, 5, 3, 4])], "of pixels"),
        OperatorCase(
            ReduceMax(keepsDimensions: false), [.parameter([2, 3, 4]), .integers([1, -1])], "axes as operand"),
        OperatorCase(ReduceMin(axes: [0], keepsDimensions: false), [.parameter([4, 3])], "of rows"),
        OperatorCase(ReduceL2(axes: [1]), [.parameter([2, 5, 3, 4])], "of channels"),
        OperatorCase(ReduceL2(keepsDimensions: false), [.parameter([6])], "of everything"),
        OperatorCase(ReduceProd(axes: [1], keepsDimensions: false), [.nonzero([3, 4])], "of rows"),
        OperatorCase(ReduceProd(), [.nonzero([2, 2, 3])], "of everything"),
        OperatorCase(ArgMax(axis: 1), [.parameter([2, 5, 3, 4])], "of channels"),
        OperatorCase(ArgMax(axis: -1, keepsDimension: false, selectsLast: true), [.parameter([7, 4])], "the last one"),
        OperatorCase(Truth(), [.parameter([2, 3, 4, 5])], "of images"),
        OperatorCase(Mod(), [.parameter([2, 3, 4, 5]), .nonzero([3, 1, 1])], "images and channels"),
        OperatorCase(Mod(followsDividend: true), [.parameter([5, 3]), .nonzero([3])], "the dividend's sign"),
    ]
}
