import Buffers
import CKernels
import Graphs
import Tensors

/// A window on a batch of channels-last images, and how the work on it is shared out.
struct WindowGeometry: Sendable {
    /// The window as CKernels see it.
    let window: ck_window
    /// The number of images.
    let batch: Int
    private let placed: PlacedWindow

    /// - Returns: `nil` unless all four-dimensional activations of the request are channels-last.
    init?(_ window: Window, _ request: KernelRequest, images: PhysicalType?) {
        let activations = request.inputs.compactMap { $0 } + request.outputs
        guard let images, activations.allSatisfy(\.isChannelsLast) else { return nil }
        self.init(window, on: images.shape)
    }

    /// - Parameter shape: the images', N x C x H x W.
    init?(_ window: Window, on shape: [Int]) {
        guard let placed = try? window.placed(on: Array(shape[2...])) else { return nil }
        self.placed = placed
        batch = shape[0]
        self.window = ck_window(
            height: shape[2], width: shape[3], channels: shape[1], rows: placed.output[0], columns: placed.output[1],
            kernel_rows: window.kernel[0], kernel_columns: window.kernel[1], row_step: window.strides[0],
            column_step: window.strides[1], row_dilation: window.dilations[0], column_dilation: window.dilations[1],
            top: placed.top, left: placed.left)
    }

    /// The number of taps of the window.
    var area: Int { window.kernel_rows * window.kernel_columns }

    /// For each place of an image, one over the number that its sum is divided by; `nil` if memory is short.
    func shares(countsPadding: Bool) -> AlignedBuffer<Float>? {
        func sizes(_ axis: Int) -> [Int] {
            let before = axis == 0 ? placed.top : placed.left
            let after = axis == 0 ? placed.bottom : placed.right
            let pixels = countsPadding ? -before..<placed.input[axis] + after : 0..<placed.input[axis]
            return (0..<placed.output[axis]).map { place in
                (0..<placed.window.kernel[axis]).count { tap in
                    pixels.contains(axis == 0 ? placed.row(place, tap) : placed.column(place, tap))
                }
            }
        }
        let (high, wide) = (sizes(0), sizes(1))
        return try? AlignedBuffer(high.flatMap { rows in wide.map { 1 / Float(max(1, rows * $0)) } })
    }

    /// Shares out the rows of places of all images.
    func splitLines(_ workers: Workers, _ body: (UnsafePointer<ck_window>, Range<Int>) -> Void) {
        let grain = rowGrain(window.columns * area * window.channels)
        withUnsafePointer(to: window) { window in
            workers.split(batch * window.pointee.rows, grain: grain) { range, _ in body(window, range) }
        }
    }

    /// Shares out whole images, or, if they are too few, ranges of channels: no two threads write the same pixel.
    func splitImages(_ workers: Workers, _ body: (UnsafePointer<ck_window>, Range<Int>, Range<Int>) -> Void) {
        let size = window.height * window.width * window.channels
        withUnsafePointer(to: window) { window in
            if batch >= workers.count || window.pointee.channels < 32 {
                workers.split(batch, grain: rowGrain(size)) { range, _ in
                    body(window, range, 0..<window.pointee.channels)
                }
            } else {
                let grain = (rowGrain(batch * size / window.pointee.channels) + 15) / 16 * 16
                workers.split(window.pointee.channels, grain: grain) { range, _ in body(window, 0..<batch, range) }
            }
        }
    }
}
