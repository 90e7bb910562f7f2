import Graphs
import Tensors
import Testing

@Suite struct ActivationRecognitionTests {
    private static func number(_ value: Float, in graph: inout Graph) throws -> ValueID {
        graph.addConstant(.real(try Tensor(shape: [], elements: [value])))
    }

    /// A spelling of GELU: how the operand is scaled, and which factors are multiplied first.
    enum Spelling: CaseIterable { case pytorch, halfFirst, scaledByProduct, halfTimesSum }

    private static func gelu(_ spelling: Spelling, _ x: ValueID, in graph: inout Graph) throws -> ValueID {
        let (one, half) = (try number(1, in: &graph), try number(0.5, in: &graph))
        let inside =
            spelling == .scaledByProduct
            ? try graph.apply(Mul(), try number(Float(0.5).squareRoot(), in: &graph), x)
            : try graph.apply(Div(), x, try number(Float(2).squareRoot(), in: &graph))
        let sum = try graph.apply(Add(), try graph.apply(Erf(), inside), one)
        return switch spelling {
        case .pytorch, .scaledByProduct: try graph.apply(Mul(), try graph.apply(Mul(), x, sum), half)
        case .halfFirst: try graph.apply(Mul(), try graph.apply(Mul(), x, half), sum)
        case .halfTimesSum: try graph.apply(Mul(), try graph.apply(Mul(), half, sum), x)
        }
    }

    @Test(arguments: Spelling.allCases) func everySpellingOfGeluIsOneNode(_ spelling: Spelling) throws {
        var graph = Graph(name: "gelu")
        let x = try graph.convolution(graph.addInput("x", shape: [2, 3, 5, 4]), to: 4, name: "conv")
        let y = try Self.gelu(spelling, x, in: &graph)
        let loss = try graph.weightedSum(y)
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "Gelu") == 1 && run.count(of: "Erf") == 0, "\(run.operations)")
        var plain = Graph(name: "gelu")
        let same = try plain.convolution(plain.addInput("x", shape: [2, 3, 5, 4]), to: 4, name: "conv")
        let direct = try plain.weightedSum(try plain.apply(Gelu(), same))
        #expect(run.error(against: try PassRun(plain, loss: direct)) < 1e-6)
    }

    @Test func aProductWithItsOwnSigmoidIsSilu() throws {
        var graph = Graph(name: "silu")
        let x = try graph.convolution(graph.addInput("x", shape: [2, 3, 5, 4]), to: 4, name: "conv")
        let gate = try graph.apply(Sigmoid(), x)
        let loss = try graph.weightedSum(try graph.apply(Mul(), gate, x))
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "Silu") == 1 && run.count(of: "Sigmoid") == 0, "\(run.operations)")
        let slope = try FiniteDifference(graph, loss: loss)
        #expect(abs(slope.slope(of: run.gradient) - slope.measured) < 1e-6 * slope.scale)
    }

    @Test func aProductWithItsOwnHardSigmoidIsHardSwish() throws {
        for (alpha, isFound) in [(1.0 / 6, true), (0.2, false)] {
            var graph = Graph(name: "swish")
            let x = graph.addInput("x", shape: [3, 40])
            graph.addOutput(try graph.apply(Mul(), x, try graph.apply(HardSigmoid(alpha: alpha), x)))
            let run = try PassRun(graph)
            #expect(run.count(of: "HardSwish") == (isFound ? 1 : 0))
            let single = try PassRun(graph, backends: fastBackends, as: Float.self)
            #expect(single.error(against: run) < 1e-6)
        }
    }

    /// A gate for another tensor, another constant, a gate that is stretched: squeeze-and-excitation is no SiLU.
    @Test func otherProductsStay() throws {
        var other = Graph(name: "other")
        let (a, b) = (other.addInput("a", shape: [2, 4, 3, 3]), other.addInput("b", shape: [2, 4, 1, 1]))
        other.addOutput(try other.apply(Mul(), a, try other.apply(Sigmoid(), b)))
        #expect(try PassRun(other).operations == ["Sigmoid", "Mul"])

        var scaled = Graph(name: "scaled")
        let x = scaled.addInput("x", shape: [7])
        let inside = try scaled.apply(Div(), x, try Self.number(1.5, in: &scaled))
        let sum = try scaled.apply(Add(), try scaled.apply(Erf(), inside), try Self.number(1, in: &scaled))
        let half = try Self.number(0.5, in: &scaled)
        scaled.addOutput(try scaled.apply(Mul(), try scaled.apply(Mul(), x, sum), half))
        #expect(try PassRun(scaled).count(of: "Erf") == 1)
    }

    /// What somebody else reads is still there.
    @Test func aGateThatIsReadElsewhereIsKept() throws {
        var graph = Graph(name: "shared")
        let x = graph.addInput("x", shape: [3, 5])
        let gate = try graph.apply(Sigmoid(), x)
        graph.addOutput(try graph.apply(Mul(), x, gate))
        graph.addOutput(gate)
        let run = try PassRun(graph)
        #expect(Set(run.operations) == ["Sigmoid", "Silu"])
    }
}
