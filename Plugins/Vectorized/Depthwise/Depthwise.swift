import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Convolutions with one filter a channel, and their gradients.
    func depthwise(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let operation as Convolution:
            guard let x = request.inputs[0], let w = request.inputs[1],
                let shape = DepthwiseShape(
                    operation.window, groups: operation.groups, x: x.shape, w: w.shape,
                    activations: [x, request.outputs[0]])
            else { return nil }
            return forward(shape, relu: operation.activation == .relu)
        case let operation as ConvolutionDataGradient:
            guard let dy = request.inputs[0], let w = request.inputs[1],
                let shape = DepthwiseShape(
                    operation.window, groups: operation.groups, x: operation.shape, w: w.shape,
                    activations: [dy, request.outputs[0]])
            else { return nil }
            return dataGradient(shape)
        case let operation as ConvolutionWeightGradient:
            guard let dy = request.inputs[0], let x = request.inputs[1],
                let shape = DepthwiseShape(
                    operation.window, groups: operation.groups, x: x.shape, w: operation.shape, activations: [dy, x])
            else { return nil }
            return weightGradient(shape, request.workers)
        default: return nil
        }
    }

    private func forward(_ shape: DepthwiseShape, relu: Bool) -> Kernel {
        Kernel(name: "vectorized.depthwise_convolution", scratchBytes: shape.weightBytes) { call in
            let weights = shape.order(UnsafePointer(call.input(1, as: Float.self)), call.scratch)
            let x = UnsafePointer(call.input(0, as: Float.self))
            let bias = call.optionalInput(2, as: Float.self).map { UnsafePointer($0) }
            let y = call.output(0, as: Float.self)
            shape.geometry.splitLines(call.workers) { window, range in
                ck_depthwise_f32(x, window, weights, bias, relu ? 1 : 0, range.lowerBound, range.count, y)
            }
        }
    }

    private func dataGradient(_ shape: DepthwiseShape) -> Kernel {
        Kernel(name: "vectorized.depthwise_data_gradient", scratchBytes: shape.weightBytes) { call in
            let weights = shape.order(UnsafePointer(call.input(1, as: Float.self)), call.scratch)
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let dx = call.output(0, as: Float.self)
            shape.geometry.splitImages(call.workers) { window, images, channels in
                ck_depthwise_data_gradient_f32(
                    dy, window, weights, images.lowerBound, images.count, channels.lowerBound, channels.count, dx)
            }
        }
    }

    private func weightGradient(_ shape: DepthwiseShape, _ workers: Workers) -> Kernel {
        let (area, channels) = (shape.geometry.area, shape.geometry.window.channels)
        let lines = shape.geometry.batch * shape.geometry.window.rows
        let grain = rowGrain(shape.geometry.window.columns * channels * area)
        let parts = workers.parts(lines, grain: grain)
        let count = area * channels
        return Kernel(
            name: "vectorized.depthwise_weight_gradient",
            scratchBytes: parts * count * (MemoryLayout<Double>.stride + MemoryLayout<Float>.stride)
        ) { call in
            let dy = UnsafePointer(call.input(0, as: Float.self))
            let x = UnsafePointer(call.input(1, as: Float.self))
            let dw = call.output(0, as: Float.self)
            let totals = call.scratch.assumingMemoryBound(to: Double.self)
            let sums = (call.scratch + parts * count * MemoryLayout<Double>.stride).assumingMemoryBound(to: Float.self)
            withUnsafePointer(to: shape.geometry.window) { window in
                workers.split(lines, grain: grain) { range, part in
                    let (total, sum) = (totals + part * count, sums + part * count)
                    total.update(repeating: 0, count: count)
                    // Sixteen rows of places are summed in float, what they give in double.
                    for line in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
                        sum.update(repeating: 0, count: count)
                        ck_depthwise_weight_gradient_f32(dy, x, window, line, min(16, range.upperBound - line), sum)
                        for index in 0..<count { total[index] += Double(sum[index]) }
                    }
                }
            }
            for channel in 0..<channels {
                for tap in 0..<area {
                    var total = 0.0
                    for part in 0..<parts { total += totals[part * count + tap * channels + channel] }
                    dw[channel * area + tap] = Float(total)
                }
            }
        }
    }
}

/// The sizes of a depthwise convolution.
private struct DepthwiseShape: Sendable {
    let geometry: WindowGeometry

    /// - Returns: `nil` for any other convolution or order.
    init?(_ window: Window, groups: Int, x: [Int], w: [Int], activations: [PhysicalType]) {
        guard w[1] == 1, w[0] == groups, groups > 1, activations.allSatisfy(\.isChannelsLast),
            let geometry = WindowGeometry(window, on: x)
        else { return nil }
        self.geometry = geometry
    }

    var weightBytes: Int { geometry.area * geometry.window.channels * MemoryLayout<Float>.stride }

    /// The weights as taps x channels, in scratch memory.
    func order(_ weights: UnsafePointer<Float>, _ scratch: UnsafeMutableRawPointer) -> UnsafePointer<Float> {
        let target = scratch.assumingMemoryBound(to: Float.self)
        ck_transpose_f32(
            weights, geometry.window.channels, geometry.area, geometry.area, target, geometry.window.channels)
        return UnsafePointer(target)
    }
}
