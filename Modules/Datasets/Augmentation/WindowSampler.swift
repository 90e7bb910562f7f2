import CKernels

/// Samples windows that are not of the image's size: pixels are squares, between whose centres values are interpolated;
/// beyond the outermost centres of the window they go on as they are.
struct WindowSampler {
    private let shape: ImageShape
    /// A channel with one row and one column of background before it, and two behind: both neighbours of a place that
    /// is not in the image are there to be read.
    private var plane: [Float]
    private var rows: [Int32]
    private var rowWeights: [Float]
    private var columns: [Int32]
    private var columnWeights: [Float]

    init(_ shape: ImageShape) {
        self.shape = shape
        plane = [Float](repeating: 0, count: (shape.height + 3) * (shape.width + 3))
        rows = [Int32](repeating: 0, count: shape.height)
        rowWeights = [Float](repeating: 0, count: shape.height)
        columns = [Int32](repeating: 0, count: shape.width)
        columnWeights = [Float](repeating: 0, count: shape.width)
    }

    /// Finds the places of a window's samples.
    mutating func aim(at window: ImageWindow) {
        Self.place(&rows, &rowWeights, start: window.top, extent: window.height, isReversed: false)
        Self.place(&columns, &columnWeights, start: window.left, extent: window.width, isReversed: window.isMirrored)
    }

    private static func place(
        _ places: inout [Int32], _ weights: inout [Float], start: Int, extent: Int, isReversed: Bool
    ) {
        let size = places.count
        let step = Double(extent) / Double(size)
        for index in 0..<size {
            let exact = min(max((Double(index) + 0.5) * step - 0.5, 0), Double(extent - 1))
            let place = start + Int(exact)
            let isBefore = place < -1
            let target = isReversed ? size - 1 - index : index
            places[target] = Int32(truncatingIfNeeded: min(max(place, -1), size) + 1)
            weights[target] = isBefore ? 0 : Float(exact - exact.rounded(.down))
        }
    }

    /// Writes one channel through the window that was aimed at.
    ///
    /// - Parameters:
    ///   - background: the value outside of the image.
    ///   - target: room for the channel.
    ///   - copyRow: writes a row of the channel.
    mutating func sample(
        background: Float, to target: UnsafeMutablePointer<Float>,
        copyRow: (_ row: Int, _ destination: UnsafeMutablePointer<Float>) -> Void
    ) {
        let (height, width, stride) = (shape.height, shape.width, shape.width + 3)
        plane.withUnsafeMutableBufferPointer { plane in
            guard let base = plane.baseAddress else { return }
            plane.update(repeating: background)
            for row in 0..<height { copyRow(row, base + (row + 1) * stride + 1) }
            ck_sample_f32(base, stride, rows, rowWeights, height, columns, columnWeights, width, target)
        }
    }
}
