import Buffers
import Foundation
import Graphs
import Testing

/// What PyTorch computed for one operator. `Golden/generate.py` writes these.
struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Array: Decodable {
        let shape: [Int]
        let values: [Double]
    }

    let name: String
    let operands: [Array]
    let results: [Array]
    /// The loss is Σ results[0] · weights.
    let weights: Array
    /// The loss's gradient; `nil` for statistics and integers.
    let gradients: [Array?]
    /// The running statistics after the run.
    let statistics: [Array]

    var testDescription: String { name }

    static let all: [GoldenCase] = {
        guard let url = Bundle.module.url(forResource: "operators", withExtension: "json", subdirectory: "Golden"),
            let data = try? Data(contentsOf: url),
            let cases = try? JSONDecoder().decode([GoldenCase].self, from: data)
        else { return [] }
        return cases
    }()
}

/// Every operator's meaning, against PyTorch's.
@Suite struct GoldenTests {
    static let operators: [String: any Operator] = {
        func pool(
            _ kernel: [Int], _ strides: [Int], _ padding: [Int], dilations: [Int] = [1, 1], ceilMode: Bool = false
        ) -> Window {
            Window(
                kernel: kernel, strides: strides, dilations: dilations,
                padding: .explicit(top: padding[0], left: padding[1], bottom: padding[0], right: padding[1]),
                ceilMode: ceilMode)
        }
        var table: [String: any Operator] = [
            "convolution, asymmetric padding": Convolution(
                window: Window(
                    kernel: [3, 2], strides: [2, 1], padding: .explicit(top: 0, left: 1, bottom: 2, right: 0))),
            "convolution, same upper": Convolution(
                window: Window(kernel: [4, 4], strides: [2, 2], padding: .sameUpper)),
            "convolution, same lower": Convolution(
                window: Window(kernel: [4, 4], strides: [2, 2], padding: .sameLower)),
            "convolution, groups and dilation": Convolution(
                window: pool([2, 3], [1, 1], [1, 2], dilations: [3, 2]), groups: 2),
            "convolution, depthwise": Convolution(window: pool([3, 3], [2, 2], [1, 1]), groups: 3),
            "max pool, ties": MaxPool(window: pool([3, 3], [2, 2], [1, 1])),
            "max pool, ceil mode": MaxPool(window: pool([3, 3], [2, 2], [1, 1], ceilMode: true)),
            "max pool, ceil mode without padding": MaxPool(window: pool([2, 2], [2, 2], [0, 0], ceilMode: true)),
            "max pool, dilated": MaxPool(window: pool([2, 2], [1, 1], [1, 1], dilations: [3, 2])),
            "global average pool": GlobalAveragePool(),
            "batch normalization, training, images": BatchNormalization(epsilon: 1e-3, momentum: 0.7),
            "batch normalization, training, matrix": BatchNormalization(epsilon: 1e-5, momentum: 0.9),
            "batch normalization, population variance": BatchNormalization(varianceCorrection: false),
            "batch normalization, frozen": BatchNormalization(epsilon: 1e-2, freezesStatistics: true),
            "clip": Clip(lower: -0.5, upper: 0.75),
            "clip, crossed": Clip(lower: 1, upper: -1),
            "relu": Relu(),
            "leaky relu": LeakyRelu(alpha: 0.1),
            "sigmoid": Sigmoid(),
            "tanh": Tanh(),
            "add": Add(),
            "sub": Sub(),
            "mul": Mul(),
            "div": Div(),
            "matmul, batches": MatMul(),
            "matmul, row": MatMul(),
            "matmul, column": MatMul(),
            "gemm": Gemm(alpha: 0.5, beta: 2, transposeA: true, transposeB: true),
            "reduce mean": ReduceMean(axes: [1, 3], keepsDimensions: false),
            "reduce sum": ReduceSum(axes: [0, 2]),
            "concat": Concat(axis: 1),
            "transpose": Transpose(permutation: [2, 0, 1]),
            "gather": Gather(axis: 1, indices: .integer(shape: [2, 2], [0, 3, 3, 1])),
            "slice": Slice(starts: [-2, 1], ends: [.min, -1], steps: [-2, 2]),
            "expand": Expand(),
            "softmax cross entropy": SoftmaxCrossEntropy(),
            "mean squared error": MeanSquaredError(),
        ]
        for counts in [false, true] {
            let suffix = counts ? ", counting padding" : ""
            for (name, window) in [
                ("padded", pool([3, 3], [2, 2], [1, 1])),
                ("ceil mode", pool([3, 3], [2, 2], [1, 1], ceilMode: true)),
                ("hanging over", pool([4, 3], [3, 2], [2, 1], ceilMode: true)),
            ] {
                table["average pool, \(name)\(suffix)"] = AveragePool(window: window, countsPadding: counts)
            }
        }
        for prefix in ["", "log "] {
            for (name, axis, flattens) in [("axis 1", 1, false), ("flattened", 1, true), ("large", -1, false)] {
                table["\(prefix)softmax, \(name)"] =
                    prefix.isEmpty
                    ? Softmax(axis: axis, flattensFromAxis: flattens)
                    : LogSoftmax(axis: axis, flattensFromAxis: flattens)
            }
        }
        return table
    }()

    @Test func everyOperatorOfTheTableHasACase() {
        #expect(Set(GoldenCase.all.map(\.name)) == Set(Self.operators.keys))
    }

    @Test(arguments: GoldenCase.all, [false, true])
    func resultsAndGradientsEqualPyTorchs(_ golden: GoldenCase, channelsLast: Bool) throws {
        let operation = try #require(Self.operators[golden.name])
        var operands: [CaseOperand] = []
        for (array, gradient) in zip(golden.operands, golden.gradients) {
            if gradient != nil {
                operands.append(.parameter(array.shape))
            } else if golden.statistics.isEmpty {
                operands.append(.integers(array.values.map { Int($0) }))
            } else {
                operands.append(.statistic(array.shape))
            }
        }
        let network = try CaseNetwork(OperatorCase(operation, operands), channelsLast: channelsLast)
        let differentiable = zip(golden.operands, golden.gradients).filter { $1 != nil }.map(\.0)
        let fixed =
            golden.statistics.isEmpty ? [] : zip(golden.operands, golden.gradients).filter { $1 == nil }.map(\.0)
        let data = CaseData(
            parameters: (differentiable + fixed).flatMap(\.values), inputs: [.real(golden.weights.values)])
        let program = try CaseProgram(network, data, backends: .reference, as: Double.self)
        let result = program.run(data.parameters)
        for (values, expected) in zip(result.results, golden.results) {
            #expect(scaledError(values, expected.values) <= 1e-12)
        }
        #expect(program.program.outputTypes[1].shape == golden.results[0].shape)
        #expect(scaledError(result.gradient, golden.gradients.compactMap { $0 }.flatMap(\.values)) <= 1e-11)
        #expect(scaledError(result.statistics, golden.statistics.flatMap(\.values)) <= 1e-12)
    }
}
