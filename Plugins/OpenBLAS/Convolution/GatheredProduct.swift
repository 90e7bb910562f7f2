import Buffers
import CKernels
import COpenBLAS
import Graphs
import MatrixProducts
import Tensors

/// A product of a matrix that is gathered from a channels-last image, one row a place of a window, and of weights.
///
/// Both directions of a convolution have this form: the forward one gathers pixels of x, the data gradient pixels of dy.
/// The gathered matrix is made a tile at a time, small enough to stay in a core's cache between gathering and product.
struct GatheredProduct: Sendable {
    /// Where the places lie on the source.
    let places: ck_places
    /// The number of places on all images.
    let placeCount: Int
    /// Row and column offsets of the window's taps.
    let taps: AlignedBuffer<Int32>
    /// The number of taps.
    let tapCount: Int
    /// The number of groups of channels.
    let groups: Int
    /// The source's channels in a group.
    let depth: Int
    /// The product's channels in a group.
    let width: Int
    /// Whether a weight matrix has a row for each of the product's channels, taps x depth wide, or that transposed.
    let weightsTransposed: Bool
    /// Whether the source's pixels, as they lie, are the matrix.
    let isDirect: Bool
    /// The rows of a tile.
    let tileRows: Int
    /// The taps gathered at a time.
    let tapsPerTile: Int
    /// How the product is cut into parts.
    let partition: Partition

    /// Half of a core's second-level cache, in floats.
    static let tileBudget = 128 * 1024

    /// A product, or `nil` if a size is beyond OpenBLAS's.
    init?(
        places: ck_places, batch: Int, taps: [(row: Int, column: Int)], groups: Int, depth: Int, width: Int,
        weightsTransposed: Bool, workers: Workers
    ) {
        let sizes = [places.channels, taps.count * depth, groups * width]
        guard sizes.allSatisfy({ $0 < Int(Int32.max) }),
            let offsets = ConvolutionShape.offsets(taps)
        else { return nil }
        self.places = places
        placeCount = batch * places.rows * places.columns
        self.taps = offsets
        tapCount = taps.count
        (self.groups, self.depth, self.width) = (groups, depth, width)
        self.weightsTransposed = weightsTransposed
        isDirect =
            taps.count == 1 && taps[0] == (0, 0) && places.row_step == 1 && places.column_step == 1
            && places.rows == places.height && places.columns == places.width
        tapsPerTile = max(1, min(taps.count, Self.tileBudget / (512 * depth)))
        let rows = Self.tileBudget / (tapsPerTile * depth + groups * width)
        tileRows = max(128, min(rows, 1024)) & ~15
        partition = Partition(
            rows: placeCount, columns: groups * width, multiplyAddsEach: max(16, taps.count * depth), workers: workers)
    }

    /// The floats of scratch memory that a part needs for its tile.
    var tileCount: Int { isDirect ? 0 : Partition.padded(min(tileRows, placeCount) * tapsPerTile * depth) }

    /// Computes some rows and columns of the product.
    ///
    /// - Parameters:
    ///   - rows: the places.
    ///   - columns: the channels, over all groups.
    ///   - image: the source.
    ///   - weights: the ordered weights.
    ///   - tile: memory of ``tileCount`` floats.
    ///   - destination: the memory for the rows from a place on and the distance between two of them.
    ///   - finish: called with each finished tile's places and memory.
    func run(
        rows: Range<Int>, columns: Range<Int>, image: UnsafePointer<Float>, weights: UnsafePointer<Float>,
        tile: UnsafeMutablePointer<Float>, destination: (_ place: Int) -> (UnsafeMutablePointer<Float>, stride: Int),
        finish: (_ places: Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let count = min(tileRows, rows.upperBound - row)
            let (target, stride) = destination(row)
            var column = columns.lowerBound
            while column < columns.upperBound {
                let group = column / width
                let end = min(columns.upperBound, (group + 1) * width)
                multiply(
                    group: group, columns: column - group * width..<end - group * width, row: row, count: count,
                    image: image, weights: weights, tile: tile, target: target + (column - columns.lowerBound),
                    stride: stride)
                column = end
            }
            finish(row..<row + count, target)
            row += count
        }
    }

    /// One tile of one group.
    private func multiply(
        group: Int, columns: Range<Int>, row: Int, count: Int, image: UnsafePointer<Float>,
        weights: UnsafePointer<Float>, tile: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>,
        stride: Int
    ) {
        if tapCount == 0 {
            for line in 0..<count { (target + line * stride).update(repeating: 0, count: columns.count) }
        }
        var tap = 0
        while tap < tapCount {
            let taps = min(tapsPerTile, tapCount - tap)
            var (matrix, matrixStride) = (image + row * places.channels + group * depth, places.channels)
            if !isDirect {
                withUnsafePointer(to: places) { places in
                    ck_gather_f32(
                        image + group * depth, places, row, count, self.taps.pointer + 2 * tap, taps, depth, tile,
                        taps * depth)
                }
                (matrix, matrixStride) = (UnsafePointer(tile), taps * depth)
            }
            let first =
                weightsTransposed
                ? (group * width + columns.lowerBound) * tapCount * depth + tap * depth
                : (group * tapCount + tap) * depth * width + columns.lowerBound
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, weightsTransposed ? CblasTrans : CblasNoTrans, Int32(count),
                Int32(columns.count), Int32(taps * depth), 1, matrix, Int32(matrixStride), weights + first,
                Int32(weightsTransposed ? tapCount * depth : width), tap == 0 ? 0 : 1, target, Int32(stride))
            tap += taps
        }
    }
}
