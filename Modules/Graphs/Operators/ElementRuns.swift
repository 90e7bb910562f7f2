import Tensors

/// The order in which several views of one shape are walked at once: dimensions sorted by the first view's memory, and
/// merged where all views allow it, so that dense views of equal order become a single loop.
struct ElementRuns {
    /// How many elements one inner loop meets.
    let length: Int
    /// How far apart, in each view, two elements of an inner loop lie.
    let steps: [Int]
    private let sizes: [Int]
    private let strides: [[Int]]

    /// - Parameters:
    ///   - shape: the shape that all views have.
    ///   - views: the strides of each view.
    init(_ shape: [Int], _ views: [[Int]]) {
        let order = shape.indices.filter { shape[$0] != 1 }.sorted { (views[0][$1], $0) < (views[0][$0], $1) }
        var sizes: [Int] = []
        var strides: [[Int]] = []
        for axis in order {
            let next = views.map { $0[axis] }
            if let outer = strides.last, zip(outer, next).allSatisfy({ $0 == $1 * shape[axis] }) {
                sizes[sizes.count - 1] *= shape[axis]
                strides[strides.count - 1] = next
            } else {
                sizes.append(shape[axis])
                strides.append(next)
            }
        }
        length = sizes.popLast() ?? 1
        steps = strides.popLast() ?? views.map { _ in 0 }
        self.sizes = sizes
        self.strides = strides
    }

    /// Whether neighbours of an inner loop are neighbours in every view.
    var areContiguous: Bool { steps.allSatisfy { $0 == 1 } }

    /// Calls `body` with the offset at which each inner loop starts in each view.
    @inline(__always)
    func forEach(_ body: (_ offsets: [Int]) -> Void) {
        guard length > 0, !sizes.contains(0) else { return }
        var index = [Int](repeating: 0, count: sizes.count)
        var offsets = [Int](repeating: 0, count: steps.count)
        while true {
            body(offsets)
            var axis = sizes.count - 1
            while axis >= 0 {
                index[axis] += 1
                let wraps = index[axis] == sizes[axis]
                for view in offsets.indices {
                    offsets[view] += strides[axis][view] * (wraps ? 1 - sizes[axis] : 1)
                }
                if !wraps { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}

extension TensorView {
    /// Sets every element to a function of the element at the same index of `a`, which is broadcast.
    @inline(__always)
    func set(from a: TensorView, _ transform: (Element) -> Element) {
        let a = a.broadcast(to: shape)
        let runs = ElementRuns(shape, [strides, a.strides])
        let (length, isFlat, steps) = (runs.length, runs.areContiguous, (runs.steps[0], runs.steps[1]))
        runs.forEach { offsets in
            let (result, a) = (pointer + offsets[0], a.pointer + offsets[1])
            if isFlat {
                for i in 0..<length { result[i] = transform(a[i]) }
            } else {
                for i in 0..<length { result[i * steps.0] = transform(a[i * steps.1]) }
            }
        }
    }

    /// Sets every element to a function of the elements at the same index of `a` and `b`, which are broadcast.
    @inline(__always)
    func set(from a: TensorView, _ b: TensorView, _ transform: (Element, Element) -> Element) {
        let (a, b) = (a.broadcast(to: shape), b.broadcast(to: shape))
        let runs = ElementRuns(shape, [strides, a.strides, b.strides])
        let (length, isFlat, steps) = (
            runs.length, runs.areContiguous, (runs.steps[0], runs.steps[1], runs.steps[2])
        )
        runs.forEach { offsets in
            let (result, a, b) = (pointer + offsets[0], a.pointer + offsets[1], b.pointer + offsets[2])
            if isFlat {
                for i in 0..<length { result[i] = transform(a[i], b[i]) }
            } else {
                for i in 0..<length { result[i * steps.0] = transform(a[i * steps.1], b[i * steps.2]) }
            }
        }
    }

    /// Calls `body` with every element.
    @inline(__always)
    func forEach(_ body: (Element) -> Void) {
        let runs = ElementRuns(shape, [strides])
        let (length, step) = (runs.length, runs.steps[0])
        runs.forEach { offsets in
            let start = pointer + offsets[0]
            for i in 0..<length { body(start[i * step]) }
        }
    }

    /// Calls `body` with every element and the one at the same index of `other`, which is broadcast.
    @inline(__always)
    func forEach(with other: TensorView, _ body: (Element, Element) -> Void) {
        let other = other.broadcast(to: shape)
        let runs = ElementRuns(shape, [strides, other.strides])
        let (length, steps) = (runs.length, (runs.steps[0], runs.steps[1]))
        runs.forEach { offsets in
            let (a, b) = (pointer + offsets[0], other.pointer + offsets[1])
            for i in 0..<length { body(a[i * steps.0], b[i * steps.1]) }
        }
    }

    /// Sets every element to one value.
    @inline(__always)
    func fill(_ value: Element) { set(from: self) { _ in value } }

    /// Adds every element of `source` to the element that it broadcasts to here: the transpose of broadcasting.
    @inline(__always)
    func accumulate(_ source: TensorView) where Element: AdditiveArithmetic { accumulate(source) { $0 + $1 } }

    /// Combines every element of `source` with the element that it broadcasts to here.
    @inline(__always)
    func accumulate(_ source: TensorView, _ combine: (Element, Element) -> Element) {
        let stretched = broadcast(to: source.shape)
        let runs = ElementRuns(source.shape, [source.strides, stretched.strides])
        let (length, steps) = (runs.length, (runs.steps[0], runs.steps[1]))
        runs.forEach { offsets in
            let (a, sum) = (source.pointer + offsets[0], stretched.pointer + offsets[1])
            for i in 0..<length { sum[i * steps.1] = combine(sum[i * steps.1], a[i * steps.0]) }
        }
    }

    /// The elements with a given index along one dimension, which is left out.
    func slice(_ axis: Int, at index: Int) -> TensorView {
        var (shape, strides) = (shape, strides)
        shape.remove(at: axis)
        let stride = strides.remove(at: axis)
        return TensorView(pointer + index * stride, shape: shape, strides: strides)
    }
}
