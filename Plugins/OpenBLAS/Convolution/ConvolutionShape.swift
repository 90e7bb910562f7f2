import Buffers
import CKernels
import Graphs
import Tensors

/// The sizes of a convolution whose activations are channels-last.
struct ConvolutionShape: Sendable {
    /// The window on x.
    let placed: PlacedWindow
    /// The number of images.
    let batch: Int
    /// The number of groups.
    let groups: Int
    /// x's channels in a group.
    let channels: Int
    /// y's channels in a group.
    let outputs: Int

    /// The sizes, or `nil` for a depthwise convolution, which is no matrix product, and for what is empty.
    init?(window: Window, groups: Int, x: [Int], w: [Int]) {
        let isDepthwise = groups > 1 && w[1] == 1 && w[0] == groups
        guard let placed = try? window.placed(on: Array(x[2...])), x[0] > 0, !isDepthwise else { return nil }
        self.placed = placed
        batch = x[0]
        self.groups = groups
        channels = w[1]
        outputs = w[0] / groups
    }

    /// The taps of a filter.
    var area: Int { placed.window.kernel[0] * placed.window.kernel[1] }

    /// The floats of all weights.
    var weightCount: Int { groups * outputs * channels * area }

    /// The places of the window on x.
    var places: ck_places {
        ck_places(
            height: placed.input[0], width: placed.input[1], channels: groups * channels, rows: placed.output[0],
            columns: placed.output[1], row_step: placed.window.strides[0], column_step: placed.window.strides[1])
    }

    /// Rows and columns of taps as CKernels take them; `nil` if they are beyond 32 bits or memory is short.
    static func offsets(_ taps: [(row: Int, column: Int)]) -> AlignedBuffer<Int32>? {
        let numbers = taps.flatMap { [Int32(exactly: $0.row), Int32(exactly: $0.column)] }
        return numbers.contains(nil) ? nil : try? AlignedBuffer(numbers.compactMap { $0 })
    }

    /// Where the window's taps lie, relative to a place.
    var taps: [(row: Int, column: Int)] {
        (0..<placed.window.kernel[0]).flatMap { k in
            (0..<placed.window.kernel[1]).map { l in (row: placed.row(0, k), column: placed.column(0, l)) }
        }
    }
}
