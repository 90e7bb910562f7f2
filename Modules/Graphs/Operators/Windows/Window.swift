import Tensors

/// How much is added around an image before a window slides over it.
public enum Padding: Sendable, Hashable {
    /// Rows and columns added on each side; negative values are not accepted.
    case explicit(top: Int, left: Int, bottom: Int, right: Int)
    /// As much as makes the result ⌈size / stride⌉; an odd row or column goes to the end.
    case sameUpper
    /// As much as makes the result ⌈size / stride⌉; an odd row or column goes to the beginning.
    case sameLower

    /// Nothing is added.
    public static let none = Padding.explicit(top: 0, left: 0, bottom: 0, right: 0)

    /// The same number of rows and columns on every side.
    public static func all(_ size: Int) -> Padding { .explicit(top: size, left: size, bottom: size, right: size) }
}

/// A window that slides over an image: convolution and pooling share its arithmetic.
public struct Window: Sendable, Hashable {
    /// Its height and width in pixels.
    public let kernel: [Int]
    /// The steps downwards and to the right, at least 1.
    public let strides: [Int]
    /// The distances between two rows and two columns of the window, at least 1.
    public let dilations: [Int]
    /// What is added around the image.
    public let padding: Padding
    /// Whether a last window that hangs over the padded image counts.
    public let ceilMode: Bool

    /// A window.
    public init(
        kernel: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padding: Padding = .none,
        ceilMode: Bool = false
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.padding = padding
        self.ceilMode = ceilMode
    }

    /// Whether no pixel lies under two places and none under no place but at the end of a row or column.
    public var isDisjoint: Bool { kernel == strides && dilations == [1, 1] && padding == .none }

    /// The window's places on an image of a given size.
    ///
    /// - Parameter size: height and width.
    /// - Throws: ``OperandError`` if an attribute is out of range or the window does not fit.
    public func placed(on size: [Int]) throws -> PlacedWindow {
        for (name, list, least) in [("kernel", kernel, 1), ("strides", strides, 1), ("dilations", dilations, 1)] {
            guard list.count == 2, list.allSatisfy({ $0 >= least && $0 <= 1 << 20 }) else {
                throw OperandError("\(name) must be two numbers of at least \(least), not \(list)")
            }
        }
        guard size.count == 2, ValueType.real(size).isPlausible else {
            throw OperandError("an image has a height and a width, not the size \(Shape.describe(size))")
        }
        var begin = [0, 0]
        var end = [0, 0]
        let extent = (0..<2).map { (kernel[$0] - 1) * dilations[$0] + 1 }
        switch padding {
        case .explicit(let top, let left, let bottom, let right):
            guard [top, left, bottom, right].allSatisfy({ (0...1 << 20).contains($0) }) else {
                throw OperandError("pads must not be negative, but are \([top, left, bottom, right])")
            }
            (begin, end) = ([top, left], [bottom, right])
        case .sameUpper, .sameLower:
            for axis in 0..<2 {
                let outputs = (size[axis] + strides[axis] - 1) / strides[axis]
                let total = max(0, (outputs - 1) * strides[axis] + extent[axis] - size[axis])
                let small = total / 2
                begin[axis] = padding == .sameUpper ? small : total - small
                end[axis] = total - begin[axis]
            }
        }
        var output = [0, 0]
        for axis in 0..<2 {
            let room = size[axis] + begin[axis] + end[axis] - extent[axis]
            guard room >= 0, size[axis] > 0 else {
                throw OperandError(
                    "a window that spans \(extent[axis]) pixels does not fit an image of \(size[axis]) "
                        + "with \(begin[axis]) + \(end[axis]) of padding")
            }
            output[axis] = room / strides[axis] + 1
            // A window that would start in the padding behind the image is left out, as PyTorch and ONNX do.
            if ceilMode, room % strides[axis] != 0, output[axis] * strides[axis] < size[axis] + begin[axis] {
                output[axis] += 1
            }
        }
        return PlacedWindow(
            window: self, input: size, output: output, top: begin[0], left: begin[1],
            bottom: end[0], right: end[1])
    }
}

/// A window on an image of known size.
public struct PlacedWindow: Sendable, Hashable {
    /// The window.
    public let window: Window
    /// The image's height and width.
    public let input: [Int]
    /// How many places there are downwards and to the right.
    public let output: [Int]
    /// Rows of padding above.
    public let top: Int
    /// Columns of padding to the left.
    public let left: Int
    /// Rows of padding below.
    public let bottom: Int
    /// Columns of padding to the right.
    public let right: Int

    /// The image row that window row `k` of place `o` lies on; outside `0..<input[0]` is padding.
    @inlinable
    public func row(_ o: Int, _ k: Int) -> Int { o * window.strides[0] + k * window.dilations[0] - top }

    /// The image column that window column `k` of place `o` lies on; outside `0..<input[1]` is padding.
    @inlinable
    public func column(_ o: Int, _ k: Int) -> Int { o * window.strides[1] + k * window.dilations[1] - left }
}
