import Graphs

/// The largest element of each window.
public struct MaxPool2D: Layer {
    /// The window.
    public let window: Window

    /// Max-pooling over squares.
    ///
    /// - Parameters:
    ///   - size: the square's side, at least 1.
    ///   - stride: by default the side.
    ///   - padding: rows and columns around the image, which never win.
    public init(_ size: Int, stride: Int? = nil, padding: Int = 0) {
        let step = stride ?? size
        window = Window(kernel: [size, size], strides: [step, step], padding: .all(padding))
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(MaxPool(window: window), value, name: builder.name("maxpool"))
    }
}

/// The mean of each window.
public struct AveragePool2D: Layer {
    /// The window.
    public let window: Window
    /// Whether the padding counts as zeros.
    public let countsPadding: Bool

    /// Average-pooling over squares.
    ///
    /// - Parameters:
    ///   - size: the square's side, at least 1.
    ///   - stride: by default the side.
    ///   - padding: rows and columns around the image.
    ///   - countsPadding: whether a mean's divisor is the window's size everywhere, as PyTorch has it by default, or the
    ///     number of its pixels inside the image.
    public init(_ size: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = false) {
        let step = stride ?? size
        window = Window(kernel: [size, size], strides: [step, step], padding: .all(padding))
        self.countsPadding = countsPadding
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(
            AveragePool(window: window, countsPadding: countsPadding), value, name: builder.name("averagepool"))
    }
}

/// The means of equal windows that make a grid of a given size, so that a dense layer behind it does not depend on the
/// image's size.
///
/// Where the grid's side divides the image's, this is PyTorch's adaptive average-pooling. Otherwise windows overlap, and
/// are all of one size, while PyTorch's differ by a pixel. An image that is smaller than the grid stays as it is.
public struct AdaptiveAveragePool2D: Layer {
    /// The grid's height and width, unless the image is smaller.
    public let side: Int

    /// Average-pooling to a grid.
    ///
    /// - Parameter side: at least 1.
    public init(_ side: Int) { self.side = side }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let size = builder.shape(of: value).dropFirst(2).map { $0 }
        let strides = size.map { max(1, $0 / max(1, side)) }
        let kernel = zip(size, strides).map { size, stride in max(1, size - (side - 1) * stride) }
        if kernel.allSatisfy({ $0 == 1 }) { return value }
        let pool = AveragePool(window: Window(kernel: kernel, strides: strides))
        return try builder.graph.apply(pool, value, name: builder.name("averagepool"))
    }
}

/// The mean of each channel.
public struct GlobalAveragePool2D: Layer {
    /// Global average-pooling.
    public init() {}

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(GlobalAveragePool(), value, name: builder.name("globalaveragepool"))
    }
}
