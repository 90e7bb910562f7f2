import Tensors

extension Window {
    /// The shape that pooling gives images: N x C x places.
    ///
    /// - Throws: ``OperandError`` if the window does not fit, or a place of it could lie in the padding altogether.
    func pooledShape(of x: [Int]) throws -> [Int] {
        let placed = try placed(on: Array(x[2...]))
        let widest = [max(placed.top, placed.bottom), max(placed.left, placed.right)]
        for axis in 0..<2 where widest[axis] > (kernel[axis] - 1) * dilations[axis] {
            throw OperandError(
                "a pooling window that spans \((kernel[axis] - 1) * dilations[axis] + 1) pixels needs less padding "
                    + "than that on each side, but has \(widest[axis])")
        }
        return [x[0], x[1]] + placed.output
    }

    /// - Precondition: the shape rule accepted images of this shape.
    func onImages(of shape: [Int]) -> WindowPlaces {
        guard let placed = try? placed(on: Array(shape[2...])) else {
            preconditionFailure("the shape rule accepts only windows that fit")
        }
        return WindowPlaces(placed: placed, batch: shape[0])
    }
}

/// All places of a window on a batch of images.
struct WindowPlaces {
    let placed: PlacedWindow
    let batch: Int

    /// Calls `body` with n, c, i, j of every place of a result with so many channels.
    @inline(__always)
    func forEachPlace(channels: Int, _ body: (_ n: Int, _ c: Int, _ i: Int, _ j: Int) -> Void) {
        for n in 0..<batch {
            for c in 0..<channels {
                for i in 0..<placed.output[0] {
                    for j in 0..<placed.output[1] { body(n, c, i, j) }
                }
            }
        }
    }

    /// Calls `body` with every pixel of the image under a place, row by row, and the window's row and column there.
    @inline(__always)
    func forEachPixel(_ i: Int, _ j: Int, _ body: (_ row: Int, _ column: Int, _ k: Int, _ l: Int) -> Void) {
        let (rows, columns) = (placed.input[0], placed.input[1])
        for k in 0..<placed.window.kernel[0] {
            let row = placed.row(i, k)
            guard row >= 0, row < rows else { continue }
            for l in 0..<placed.window.kernel[1] {
                let column = placed.column(j, l)
                if column >= 0, column < columns { body(row, column, k, l) }
            }
        }
    }

    /// What the sum of the pixels under a window is divided by, at least 1.
    func divisor(_ i: Int, _ j: Int, countsPadding: Bool) -> Int {
        let rows = -(countsPadding ? placed.top : 0)..<placed.input[0] + (countsPadding ? placed.bottom : 0)
        let columns = -(countsPadding ? placed.left : 0)..<placed.input[1] + (countsPadding ? placed.right : 0)
        let high = (0..<placed.window.kernel[0]).count { rows.contains(placed.row(i, $0)) }
        let wide = (0..<placed.window.kernel[1]).count { columns.contains(placed.column(j, $0)) }
        return max(1, high * wide)
    }
}

extension OperandInfos {
    /// The shape of an image that a gradient operator carries as an attribute.
    func imageShape(_ shape: [Int]) throws -> [Int] {
        guard shape.count == 4, ValueType.real(shape).isPlausible, shape[2] > 0, shape[3] > 0 else {
            throw OperandError("an image's shape is N x C x H x W, not \(Shape.describe(shape))")
        }
        return shape
    }
}

extension TensorView {
    /// The channel `c` of a pixel; its other channels lie `strides[1]` apart.
    @inline(__always)
    func pixel(_ n: Int, _ c: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<Element> {
        pointer + (n * strides[0] + c * strides[1] + row * strides[2] + column * strides[3])
    }
}
