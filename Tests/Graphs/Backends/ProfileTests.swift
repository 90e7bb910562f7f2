import Buffers
import Graphs
import Tensors
import Testing

@Suite struct ProfileTests {
    @Test func aProfileRunsTheProgramAndNamesEveryKernel() throws {
        let (graph, loss, shapes) = try AllocationTests.network()
        let program = try Compiler(backends: fastBackends, workers: Workers(2)).compile(
            graph, inputShapes: shapes, mode: .training(loss: loss), as: Float.self)
        var random = Philox(seed: 3)
        let x = try AlignedBuffer(random.normals(Shape.count(shapes[0])).map { Float($0) })
        let labels = try AlignedBuffer((0..<16).map { Int32($0 % 10) })
        let parameters = random.normals(program.layout.count).map { Float(abs($0) * 0.1) }
        let inputs = [UnsafeRawPointer(x.pointer), UnsafeRawPointer(labels.pointer)]
        defer { withExtendedLifetime((x, labels)) {} }

        let (theta, gradient) = (
            try AlignedBuffer(parameters), try AlignedBuffer<Float>(count: program.layout.trainableCount)
        )
        program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: inputs)
        let (profiled, profiledGradient) = (
            try AlignedBuffer(parameters), try AlignedBuffer<Float>(count: program.layout.trainableCount)
        )
        let times = program.profile(
            parameters: profiled.pointer, gradients: profiledGradient.pointer, inputs: inputs)

        #expect(times.map(\.kernel) == program.kernelNames)
        #expect(Array(profiledGradient.elements) == Array(gradient.elements))
        #expect(Array(profiled.elements) == Array(theta.elements))
        #expect(times.allSatisfy { $0.seconds > 0 })
        #expect(times.reduce(0) { $0 + $1.multiplyAdds } == program.graph.multiplyAdds)
        #expect(Set(times.map(\.node)).count > times.count / 2)
    }
}
