import Tensors

/// Which elements a softmax normalises together: those along one dimension, or all from a dimension on.
public struct SoftmaxGroups: Sendable, Hashable {
    /// The dimension; negative values count from the end.
    public let axis: Int
    /// Whether the dimensions behind the axis belong to the group too, as ONNX defined it before opset 13.
    public let flattensFromAxis: Bool

    /// The groups.
    public init(axis: Int, flattensFromAxis: Bool = false) {
        self.axis = axis
        self.flattensFromAxis = flattensFromAxis
    }

    func check(_ shape: [Int]) throws { _ = try Axes.resolve(axis, rank: shape.count) }

    /// Calls `body` with a view of each group, in both tensors and the result, which have one shape.
    @inline(__always)
    func forEach<E>(
        _ a: TensorView<E>, _ b: TensorView<E>, _ result: TensorView<E>,
        _ body: (TensorView<E>, TensorView<E>, TensorView<E>) -> Void
    ) {
        let first = axis < 0 ? axis + a.shape.count : axis
        let axes = first..<(flattensFromAxis ? a.shape.count : first + 1)
        let others = a.shape.indices.filter { !axes.contains($0) }
        TensorView<E>.forEachIndex(of: others.map { a.shape[$0] }) { index in
            func group(_ view: TensorView<E>) -> TensorView<E> {
                let offset = zip(others, index).reduce(0) { $0 + view.strides[$1.0] * $1.1 }
                return TensorView(
                    view.pointer + offset, shape: Array(view.shape[axes]), strides: Array(view.strides[axes]))
            }
            body(group(a), group(b), group(result))
        }
    }
}
