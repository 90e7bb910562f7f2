import Buffers
import Graphs
import OpenBLAS
import Testing
import Vectorized

/// A backend that the suite runs on. A new one is one line of ``all``.
struct TestedBackend: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let backends: BackendList
    var workers = Workers.serial

    static let all: [TestedBackend] = always + withTraits

    private static let always = [
        TestedBackend(testDescription: "reference", backends: .reference),
        TestedBackend(testDescription: "vectorized", backends: BackendList([VectorizedBackend()])),
        TestedBackend(
            testDescription: "openblas, 2 threads", backends: BackendList([OpenBLASBackend(), VectorizedBackend()]),
            workers: Workers(2)),
    ]

    #if OneDNN
        private static let withTraits = [
            TestedBackend(testDescription: "onednn, 2 threads", backends: backendsWithOneDNN, workers: Workers(2))
        ]
    #else
        private static let withTraits: [TestedBackend] = []
    #endif
}

/// Every case of every operator, on every backend, with operands in either physical order.
@Suite struct OperatorSuite {
    @Test("Gradients in Float64 equal finite differences", arguments: OperatorCases.all)
    func gradientsEqualFiniteDifferences(_ testCase: OperatorCase) throws {
        let network = try CaseNetwork(testCase, channelsLast: false)
        let data = try CaseData(testCase, network: network)
        let program = try CaseProgram(network, data, backends: .reference, as: Double.self)
        let gradient = program.run(data.parameters).gradient
        let step = 1e-5
        let differences = gradient.indices.map { index in
            let losses = [-step, step].map { offset in
                var parameters = data.parameters
                parameters[index] += offset
                return program.run(parameters).loss
            }
            return (losses[1] - losses[0]) / (2 * step)
        }
        #expect(!gradient.isEmpty)
        #expect(scaledError(gradient, differences) <= 1e-6)
    }

    @Test("Results and gradients equal the reference in Float64", arguments: OperatorCases.all, TestedBackend.all)
    func resultsEqualTheReference(_ testCase: OperatorCase, _ backend: TestedBackend) throws {
        let plain = try CaseNetwork(testCase, channelsLast: false)
        let data = try CaseData(testCase, network: plain)
        let expected = try CaseProgram(plain, data, backends: .reference, as: Double.self).run(data.parameters)
        for channelsLast in testCase.hasImages ? [false, true] : [false] {
            let network = try CaseNetwork(testCase, channelsLast: channelsLast)
            let single = try CaseProgram(
                network, data, backends: backend.backends, workers: backend.workers, as: Float.self)
            let double = try CaseProgram(
                network, data, backends: backend.backends, workers: backend.workers, as: Double.self)
            for (result, forward, backward) in [
                (single.run(data.parameters), 1e-5, 1e-3), (double.run(data.parameters), 1e-12, 1e-10),
            ] {
                for (index, values) in result.results.enumerated() {
                    #expect(
                        scaledError(values, expected.results[index]) <= forward,
                        "result \(index), channels last: \(channelsLast), \(single.program.kernelNames)")
                }
                #expect(
                    scaledError(result.gradient, expected.gradient) <= backward,
                    "gradient, channels last: \(channelsLast), \(single.program.kernelNames)")
                #expect(
                    scaledError(result.statistics, expected.statistics) <= forward,
                    "statistics, channels last: \(channelsLast)")
            }
        }
    }

    @Test("Every operator of the module has a case") func everyOperatorHasACase() throws {
        var seen: Set<String> = []
        for testCase in OperatorCases.all {
            seen.insert(type(of: testCase.operation).name)
            let network = try CaseNetwork(testCase, channelsLast: false)
            let data = try CaseData(testCase, network: network)
            let program = try CaseProgram(network, data, backends: .reference, as: Double.self).program
            for node in program.graph.nodes { seen.insert(type(of: node.operation).name) }
        }
        let declared = try SourceScan.operatorNames()
        #expect(declared.count > 50)
        // Shapes are folded away: their results are checked by FoldingTests. What only passes put into a graph is
        // checked by the passes' tests.
        #expect(
            declared.subtracting(seen) == [
                "ConstantOfShape", "Shape", "Size", "Range", "FoldBatchNormalization", "RepeatBatchNormalization",
            ])
    }
}
