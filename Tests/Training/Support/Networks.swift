import Buffers
import Graphs
import Layers
import OpenBLAS
import Vectorized

/// Sets outputs to zero at random while training: a layer that a program outside the package could define.
struct DropoutLayer: Layer {
    let ratio: Double

    func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(Dropout(ratio: ratio), value, name: builder.name("dropout"))
    }
}

/// Every backend of the package.
let allBackends = BackendList([VectorizedBackend(), OpenBLASBackend()])

enum Networks {
    /// One matrix: softmax regression.
    static func linear(seed: UInt64 = 1, outputs: Int = 10) throws -> Network {
        try Network(name: "linear", input: [1, 8, 8], seed: seed) { Dense(outputs) }
    }

    /// A convolution with ReLU, pooling and a dense layer.
    static func convolutional(seed: UInt64 = 1) throws -> Network {
        try Network(name: "convolutional", input: [1, 8, 8], seed: seed) {
            Conv2D(16, kernel: 3, padding: 1)
            ReLU()
            MaxPool2D(2)
            Dense(10)
        }
    }

    /// Batch normalisation with its running statistics, and dropout.
    static func normalized(seed: UInt64 = 1, channels: Int = 4, dropout: Double = 0.25) throws -> Network {
        try Network(name: "normalized", input: [1, 8, 8], seed: seed) {
            Conv2D(channels, kernel: 3, padding: 1, bias: false)
            BatchNorm2D()
            ReLU()
            MaxPool2D(2)
            DropoutLayer(ratio: dropout)
            Dense(10)
        }
    }

    /// Batch normalisation of one pixel an image.
    static func normalizedPixel(seed: UInt64 = 1) throws -> Network {
        try Network(name: "pixel", input: [1, 8, 8], seed: seed) {
            Conv2D(6, kernel: 8, bias: false)
            BatchNorm2D()
            Dense(10)
        }
    }

    /// Softmax regression that takes batches of one size only.
    static func baked(batch: Int) throws -> Network {
        var graph = Graph(name: "baked")
        let x = graph.addInput("x", dimensions: [batch, 1, 8, 8].map { .fixed($0) })
        let weight = graph.addParameter("weight", shape: [10, 64], kind: .weight)
        graph.addOutput(try graph.apply(Gemm(transposeB: true), try graph.apply(Flatten(), x), weight))
        return try Network(graph: graph, parameters: ParameterStore(layout: graph.parameterLayout()))
    }
}

extension AlignedBuffer where Element == Float {
    /// The elements bit by bit, so that zeros of either sign and NaNs are told apart.
    var bits: [UInt32] { elements.map(\.bitPattern) }
}
