import Graphs

extension OperatorCases {
    static let shapes: [OperatorCase] = [
        OperatorCase(Identity(), [.parameter([2, 3, 4, 5])], "images"),
        OperatorCase(Cast(to: .real), [.parameter([2, 3])], "to itself"),
        OperatorCase(CastLike(), [.parameter([2, 3]), .parameter([4])], "real numbers"),
        OperatorCase(Copy(), [.parameter([2, 3, 4, 5])], "images"),
        OperatorCase(Flatten(), [.parameter([2, 3, 4, 5])], "images"),
        OperatorCase(Flatten(axis: 0), [.parameter([2, 3])], "into a row"),
        OperatorCase(Flatten(axis: -1), [.parameter([2, 3, 4])], "but the last dimension"),
        OperatorCase(Reshape(), [.parameter([2, 3, 4, 2]), .integers([0, -1])], "images into rows"),
        OperatorCase(Reshape(), [.parameter([6, 4]), .integers([2, 3, 2, 2])], "rows into images"),
        OperatorCase(Expand(), [.parameter([3, 1]), .integers([2, 1, 4])], "a column"),
        OperatorCase(Expand(), [.parameter([1, 5, 1, 1]), .integers([2, 5, 3, 3])], "channels"),
        OperatorCase(Squeeze(), [.parameter([2, 1, 3, 1])], "all ones"),
        OperatorCase(Squeeze(axes: [-1]), [.parameter([2, 1, 3, 1])], "the last dimension"),
        OperatorCase(Squeeze(), [.parameter([2, 5, 1, 1]), .integers([2, 3])], "axes as operand"),
        OperatorCase(Unsqueeze(axes: [0, -1]), [.parameter([2, 3])], "both ends"),
        OperatorCase(Unsqueeze(), [.parameter([4]), .integers([1])], "axes as operand"),
        OperatorCase(Transpose(), [.parameter([2, 3, 4])], "reversed"),
        OperatorCase(Transpose(permutation: [0, 2, 3, 1]), [.parameter([2, 3, 4, 5])], "channels to the end"),
        OperatorCase(Transpose(permutation: [1, 0, 3, 2]), [.parameter([2, 3, 4, 5])], "of four"),
        OperatorCase(Transpose(permutation: [2, 0, 1]), [.parameter([2, 3, 4])], "a cycle"),
        OperatorCase(ShuffleChannels(groups: 2), [.parameter([2, 6, 3, 4])], "two groups of three"),
        OperatorCase(ShuffleChannels(groups: 3), [.parameter([1, 3, 2, 2])], "groups of one"),
        OperatorCase(Concat(axis: 1), [.parameter([2, 3, 4, 2]), .parameter([2, 5, 4, 2])], "channels"),
        OperatorCase(
            Concat(axis: -1), [.parameter([2, 1]), .parameter([2, 3]), .parameter([2, 2])], "three matrices"),
        OperatorCase(Concat(axis: 0), [.parameter([3])], "one list"),
        OperatorCase(Slice(starts: [1], ends: [3], axes: [1]), [.parameter([2, 4, 3, 3])], "channels"),
        OperatorCase(
            Slice(),
            [
                .parameter([5, 6]), .integers([-1, 1]), .integers([-6, .max]), .integers([0, 1]), .integers([-2, 3]),
            ],
            "backwards and in steps"),
        OperatorCase(Slice(), [.parameter([5, 3]), .integers([2]), .integers([4])], "rows"),
        OperatorCase(Gather(axis: 1), [.parameter([2, 4, 3, 3]), .integers([3, 0, 3])], "channels, one twice"),
        OperatorCase(Gather(), [.parameter([5, 2]), .integers([0, -1, 2, 2], shape: [2, 2])], "a matrix of rows"),
        OperatorCase(Gather(axis: -1), [.parameter([3, 4]), .integers([1], shape: [])], "one column"),
    ]
}
