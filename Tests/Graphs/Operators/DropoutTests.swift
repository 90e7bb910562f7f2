import Buffers
import Graphs
import Tensors
import Testing

@Suite struct DropoutTests {
    /// What dropout makes of ones, in training; with `images`, its operand lies channels-last.
    private func dropped(
        _ shape: [Int], ratio: Double, salt: UInt64 = 1, _ invocation: Invocation, images: Bool = false
    ) throws -> [Float] {
        var graph = Graph(name: "dropout")
        let x = graph.addParameter("x", shape: shape, kind: .weight)
        let operand = images ? try graph.apply(MaxPool(window: Window(kernel: [1, 1])), x) : x
        let y = try graph.apply(Dropout(ratio: ratio, salt: salt), operand)
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), y)
        graph.addOutput(y)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [], mode: .training(loss: loss), as: Float.self)
        let theta = try AlignedBuffer([Float](repeating: 1, count: program.layout.count))
        let gradient = try AlignedBuffer<Float>(count: theta.count)
        program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: [], invocation: invocation)
        let result = Array(program.output(0))
        // The operand is all ones, so the result is the mask, and so is the gradient.
        #expect(result == Array(gradient.elements))
        return result
    }

    @Test func theSeedTheStepAndTheSaltChooseTheElements() throws {
        let run = Invocation(seed: 1, step: 2)
        let first = try dropped([1000], ratio: 0.5, run)
        #expect(try dropped([1000], ratio: 0.5, run) == first)
        #expect(try dropped([1000], ratio: 0.5, Invocation(seed: 1, step: 3)) != first)
        #expect(try dropped([1000], ratio: 0.5, Invocation(seed: 2, step: 2)) != first)
        #expect(try dropped([1000], ratio: 0.5, salt: 2, run) != first)
    }

    @Test func thePhysicalOrderDoesNotMatter() throws {
        let run = Invocation(seed: 5, step: 0)
        let shape = [2, 3, 4, 5]
        let images = try dropped(shape, ratio: 0.3, run, images: true)
        #expect(try dropped(shape, ratio: 0.3, run) == images)
        #expect(try dropped([120], ratio: 0.3, run) == images)
    }

    @Test(arguments: [0.1, 0.5, 0.9]) func theExpectationStays(ratio: Double) throws {
        let count = 40_000
        let result = try dropped([count], ratio: ratio, Invocation(seed: 9, step: 1))
        let kept = Float(1 / (1 - ratio))
        #expect(result.allSatisfy { $0 == 0 || $0 == kept })
        let share = Double(result.count { $0 == 0 }) / Double(count)
        // Five standard deviations of a binomial share.
        #expect(abs(share - ratio) < 5 * (ratio * (1 - ratio) / Double(count)).squareRoot())
    }

    @Test(arguments: [false, true]) func theMaskSaysWhatIsKept(isTraining: Bool) throws {
        var graph = Graph(name: "dropout")
        let x = graph.addParameter("x", shape: [500], kind: .weight)
        let results = try graph.append(Dropout(ratio: 0.25, salt: 3, givesMask: true), inputs: [x])
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), results[0])
        for result in results { graph.addOutput(result) }
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [], mode: isTraining ? .training(loss: loss) : .inference, as: Float.self)
        let theta = try AlignedBuffer([Float](repeating: 3, count: program.layout.count))
        let gradient = try AlignedBuffer<Float>(count: theta.count)
        program.run(
            parameters: theta.pointer, gradients: isTraining ? gradient.pointer : nil, inputs: [],
            invocation: Invocation(seed: 4, step: 1))
        let mask = Array(program.output(1))
        if !isTraining { #expect(mask == [Float](repeating: 1, count: 500)) }
        #expect(mask.allSatisfy { $0 == 0 || $0 == 1 })
        #expect(mask.contains(0) == isTraining)
        #expect(Array(program.output(0)) == mask.map { isTraining ? $0 * 4 : 3 })
        if isTraining { #expect(Array(gradient.elements) == mask.map { $0 * Float(1 / 0.75) }) }
    }

    @Test func inferenceNeedsNoKernel() throws {
        var graph = Graph(name: "dropout")
        let x = graph.addInput("x", dimensions: [.fixed(4)])
        graph.addOutput(try graph.apply(Relu(), try graph.apply(Dropout(ratio: 0.5), x)))
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[4]], mode: .inference, as: Float.self)
        #expect(program.kernelNames == ["reference.relu"])
    }
}
