import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// A layer that a program outside the package could define: a smooth activation.
private struct TanhLayer: Layer {
    func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(Tanh(), value, name: builder.name("tanh"))
    }
}

@Suite struct SpectrumTests {
    private static func network() throws -> Network {
        try Network(name: "smooth", input: [1, 8, 8], seed: 3) {
            Conv2D(3, kernel: 3, stride: 2)
            TanhLayer()
            Dense(10)
        }
    }

    /// The Hessian column by column, from differences of the gradient, made symmetric.
    private static func denseHessian(_ loss: SampledLoss, _ store: ParameterStore<Float>) throws -> [[Double]] {
        let count = store.layout.trainableCount
        let point = try AlignedBuffer(copying: UnsafeBufferPointer(store.trainable))
        let g = try AlignedBuffer<Float>(count: count)
        func gradient(_ index: Int, _ offset: Float) throws -> [Double] {
            let saved = point.pointer[index]
            point.pointer[index] = saved + offset
            defer { point.pointer[index] = saved }
            try loss.gradient(at: point.elements, into: g.mutableElements)
            return g.elements.map { Double($0) }
        }
        let h: Float = 0.015625
        var columns: [[Double]] = []
        for index in 0..<count {
            let (ahead, behind) = (try gradient(index, h), try gradient(index, -h))
            columns.append(zip(ahead, behind).map { ($0 - $1) / Double(2 * h) })
        }
        return (0..<count).map { i in (0..<count).map { j in (columns[i][j] + columns[j][i]) / 2 } }
    }

    /// The eigenvalues of a symmetric matrix by Jacobi's rotations: slow, and independent of what is tested.
    private static func eigenvalues(_ matrix: [[Double]]) -> [Double] {
        var a = matrix
        let n = a.count
        for _ in 0..<12 {
            for p in 0..<n {
                for q in p + 1..<n where abs(a[p][q]) > 1e-12 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        let (x, y) = (a[k][p], a[k][q])
                        (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y)
                    }
                    for k in 0..<n {
                        let (x, y) = (a[p][k], a[q][k])
                        (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y)
                    }
                }
            }
        }
        return (0..<n).map { a[$0][$0] }.sorted()
    }

    @Test func lanczosFindsTheEndsOfADenseHessian() throws {
        let network = try Self.network()
        let loss = try SampledLoss(
            network, digits(), images: 60, batchSize: 25, workers: Workers(2), backends: allBackends)
        #expect(loss.images == 60)
        let exact = Self.eigenvalues(try Self.denseHessian(loss, network.parameters))
        let found = try loss.spectrum(at: network.parameters, Lanczos(steps: 120, tolerance: 1e-4))
        let (least, greatest) = (try #require(exact.first), try #require(exact.last))
        #expect(least < -1e-3 && greatest > 0.1)
        #expect(abs(found.largest - greatest) < 0.01 * greatest, "\(found) \(greatest)")
        #expect(abs(found.smallest - least) < 0.01 * abs(least), "\(found) \(least)")
    }

    @Test func theSampledLossIsTheEvaluatedOne() throws {
        let network = try Networks.linear()
        let data = try digits(first: 70)
        let loss = try SampledLoss(network, data, images: 1000, batchSize: 32, workers: .serial, backends: allBackends)
        #expect(loss.images == 70)
        let g = try AlignedBuffer<Float>(count: network.parameters.layout.trainableCount)
        let found = try loss.gradient(
            at: UnsafeBufferPointer(network.parameters.trainable), into: g.mutableElements)
        let reference = LinearReference(network, data)
        #expect(abs(found - reference.loss) < 1e-6)
        for (a, b) in zip(g.elements, reference.gradient) { #expect(abs(Double(a) - b) < 1e-6) }
    }

    @Test func whatCannotBeMeasuredIsRefused() throws {
        let network = try Networks.linear()
        #expect(failure(TrainingError.self) { try SampledLoss(network, digits(), images: 0) } != nil)
        #expect(failure(TrainingError.self) { try SampledLoss(network, NoImages()) } == .noImages(data: "nothing"))
        network.parameters.values.pointer[0] = .nan
        let loss = try SampledLoss(network, digits(), images: 10, workers: .serial, backends: allBackends)
        #expect(failure(TrainingError.self) { try loss.spectrum(at: network.parameters) } != nil)
    }
}
