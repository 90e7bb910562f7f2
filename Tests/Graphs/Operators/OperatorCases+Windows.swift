import Graphs

extension OperatorCases {
    static let windows = convolutions + pools

    private static func convolution(
        _ x: [Int], _ w: [Int], _ feature: String, strides: [Int] = [1, 1], dilations: [Int] = [1, 1],
        padding: Padding = .none, groups: Int = 1, bias: Bool = true, activation: Activation = .identity
    ) -> OperatorCase {
        let window = Window(kernel: Array(w[2...]), strides: strides, dilations: dilations, padding: padding)
        return OperatorCase(
            Convolution(window: window, groups: groups, activation: activation),
            [.parameter(x), .parameter(w)] + (bias ? [.parameter([w[0]])] : []), feature)
    }

    private static let convolutions: [OperatorCase] = [
        convolution([2, 3, 5, 6], [4, 3, 3, 3], "3 x 3"),
        convolution([2, 3, 5, 6], [4, 3, 3, 3], "3 x 3, padded, no bias", padding: .all(1), bias: false),
        convolution([2, 2, 5, 4], [3, 2, 3, 3], "with ReLU", padding: .all(1), activation: .relu),
        convolution([1, 1, 1, 1], [1, 1, 1, 1], "1 x 1 on one pixel"),
        convolution([3, 5, 4, 4], [7, 5, 1, 1], "1 x 1 on images"),
        convolution([2, 5, 5, 5], [4, 5, 1, 1], "1 x 1, stride 2", strides: [2, 2]),
        convolution([1, 2, 1, 1], [3, 2, 3, 3], "padding around one pixel", padding: .all(1)),
        convolution(
            [2, 2, 6, 5], [3, 2, 3, 2], "asymmetric padding and strides", strides: [2, 1],
            padding: .explicit(top: 0, left: 1, bottom: 2, right: 1)),
        convolution([1, 2, 9, 8], [2, 2, 3, 3], "dilated", dilations: [2, 3], padding: .all(2)),
        convolution([2, 4, 5, 5], [6, 2, 3, 3], "two groups", padding: .all(1), groups: 2),
        convolution([2, 5, 6, 6], [5, 1, 3, 3], "depthwise, stride 2", strides: [2, 2], padding: .all(1), groups: 5),
        convolution([1, 3, 4, 4], [6, 1, 3, 3], "depthwise, two filters a channel", groups: 3),
        convolution([1, 2, 7, 6], [2, 2, 4, 4], "same upper, stride 2", strides: [2, 2], padding: .sameUpper),
        convolution([1, 2, 7, 6], [2, 2, 4, 4], "same lower, stride 2", strides: [2, 2], padding: .sameLower),
        convolution([2, 1, 8, 8], [5, 1, 5, 3], "one channel, 5 x 3", padding: .all(2)),
        convolution([1, 17, 5, 7], [19, 17, 3, 3], "odd numbers of channels", padding: .all(1)),
        convolution([2, 3, 5, 5], [4, 3, 5, 5], "the window is the image"),
        convolution([1, 2, 5, 5], [3, 2, 2, 2], "strides that skip pixels", strides: [3, 4]),
        convolution([2, 3, 9, 9], [16, 3, 3, 3], "16 filters, stride 2", strides: [2, 2], padding: .all(1)),
        convolution([2, 32, 4, 4], [32, 32, 3, 3], "32 channels", padding: .all(1), bias: false),
    ]

    private static let pools: [OperatorCase] = {
        let windows: [(String, Window, [Int])] = [
            ("2 x 2", Window(kernel: [2, 2], strides: [2, 2]), [2, 3, 6, 4]),
            ("overlapping, padded", Window(kernel: [3, 3], strides: [2, 2], padding: .all(1)), [2, 5, 7, 6]),
            ("ceil mode", Window(kernel: [2, 2], strides: [2, 2], ceilMode: true), [1, 2, 5, 7]),
            (
                "ceil mode, padded",
                Window(kernel: [3, 3], strides: [2, 2], padding: .all(1), ceilMode: true), [1, 2, 6, 8]
            ),
            (
                "asymmetric padding",
                Window(
                    kernel: [3, 2], strides: [2, 1], padding: .explicit(top: 0, left: 1, bottom: 2, right: 0)),
                [1, 3, 6, 5]
            ),
            ("dilated", Window(kernel: [2, 2], dilations: [2, 3]), [1, 2, 6, 7]),
            ("same upper", Window(kernel: [2, 2], strides: [2, 2], padding: .sameUpper), [1, 1, 5, 5]),
            ("one pixel", Window(kernel: [1, 1]), [1, 1, 1, 1]),
            ("the whole image", Window(kernel: [4, 3]), [2, 17, 4, 3]),
            ("strides that skip pixels", Window(kernel: [2, 2], strides: [3, 3]), [1, 4, 7, 8]),
        ]
        return windows.flatMap { feature, window, shape in
            [
                OperatorCase(MaxPool(window: window), [.parameter(shape)], feature),
                OperatorCase(MaxPoolPlaces(window: window), [.parameter(shape)], feature),
                OperatorCase(AveragePool(window: window), [.parameter(shape)], feature),
                OperatorCase(
                    AveragePool(window: window, countsPadding: true), [.parameter(shape)],
                    "\(feature), counting padding"
                ),
            ]
        } + [
            OperatorCase(
                MaxPoolPlaces(window: Window(kernel: [2, 2]), isColumnMajor: true), [.parameter([2, 3, 4, 3])],
                "column by column"),
            OperatorCase(GlobalAveragePool(), [.parameter([2, 5, 3, 4])], "3 x 4 pixels"),
            OperatorCase(GlobalAveragePool(), [.parameter([1, 1, 1, 1])], "one pixel"),
            OperatorCase(GlobalAveragePool(), [.parameter([3, 17, 7, 7])], "7 x 7 pixels"),
        ]
    }()
}
