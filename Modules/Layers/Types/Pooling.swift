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

    /// Average-pooling over squares.
    ///
    /// - Parameters:
    ///   - size: the square's side, at least 1.
    ///   - stride: by default the side.
    ///   - padding: rows and columns around the image, which do not count.
    public init(_ size: Int, stride: Int? = nil, padding: Int = 0) {
        let step = stride ?? size
        window = Window(kernel: [size, size], strides: [step, step], padding: .all(padding))
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(
            AveragePool(window: window, countsPadding: false), value, name: builder.name("averagepool"))
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
