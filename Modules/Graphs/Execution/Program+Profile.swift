import Buffers

/// What one kernel of a program's run took.
public struct KernelTime: Sendable, Hashable {
    /// The kernel's name, as `openblas.convolution`, with `.prepare` behind it for its preparation.
    public let kernel: String
    /// The name of the node that it computes.
    public let node: String
    /// The shape of the node's first result.
    public let shape: [Int]
    /// The node's multiply-adds; 0 where there are few a result.
    public let multiplyAdds: Int
    /// Its wall time in seconds.
    public let seconds: Double
}

extension Program {
    /// Runs the program like ``run(parameters:gradients:inputs:invocation:)`` and measures every kernel.
    ///
    /// - Returns: the kernels in the order in which they ran.
    public func profile(
        parameters: UnsafeMutablePointer<E>, gradients: UnsafeMutablePointer<E>? = nil, inputs: [UnsafeRawPointer],
        invocation: Invocation = Invocation()
    ) -> [KernelTime] {
        prepare(parameters: parameters, gradients: gradients, inputs: inputs)
        let clock = ContinuousClock()
        let steps = (needsPrologue(invocation) ? prologue : []) + body
        return steps.map { step in
            let call = call(of: step, invocation)
            let duration = clock.measure { step.run(call) }.components
            let node = graph.nodes[step.task.node]
            var multiplyAdds = 0
            if case .run = step.task {
                multiplyAdds = node.operation.multiplyAdds(
                    inputs: node.inputs.map { $0.flatMap { graph.type(of: $0) } },
                    outputs: node.outputs.compactMap { graph.type(of: $0) })
            }
            return KernelTime(
                kernel: step.name, node: node.name, shape: graph.type(of: node.outputs[0])?.shape ?? [],
                multiplyAdds: multiplyAdds,
                seconds: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
        }
    }
}
