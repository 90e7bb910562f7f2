import Buffers

/// The same calls for Swift arrays.
extension RNAState {
    /// Tells where the method starts, or goes on from when that is not the last point.
    public func start(at point: [Element], workers: Workers = .all) throws(AcceleratorError) {
        try withSegments(point) { (point) throws(AcceleratorError) in try start(at: point, workers: workers) }
    }

    /// Takes in a point; its residual is the difference to where the method went on from.
    public func push(_ point: [Element], workers: Workers = .all) throws(AcceleratorError) {
        try withSegments(point) { (point) throws(AcceleratorError) in try push(point, workers: workers) }
    }

    /// Takes in a point together with its residual.
    public func push(
        _ point: [Element], residual: [Element], workers: Workers = .all
    ) throws(AcceleratorError) {
        try withSegments(point) { (point) throws(AcceleratorError) in
            try withSegments(residual) { (residual) throws(AcceleratorError) in
                try push(point, residual: residual, workers: workers)
            }
        }
    }

    /// The extrapolation, or the last point where it is rejected; ``diagnostics`` tells which.
    public func extrapolated(workers: Workers = .all) throws(AcceleratorError) -> [Element] {
        var result = [Element](repeating: 0, count: count)
        try result.withUnsafeMutableBufferPointer { (target) throws(AcceleratorError) in
            _ = try extrapolate(into: MutableSegments(target), workers: workers)
        }
        return result
    }

    private func withSegments(
        _ elements: [Element], _ body: (Segments<Element>) throws(AcceleratorError) -> Void
    ) throws(AcceleratorError) {
        try elements.withUnsafeBufferPointer { (source) throws(AcceleratorError) in try body(Segments(source)) }
    }
}
