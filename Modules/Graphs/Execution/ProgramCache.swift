import Buffers

/// Programs of one graph by input shape and mode, so that the shorter last batch of an epoch is compiled once.
public final class ProgramCache<E: Scalar> {
    /// The network.
    public let graph: Graph
    /// What compiles it.
    public let compiler: Compiler
    private var programs: [Key: Program<E>] = [:]

    private struct Key: Hashable {
        let shapes: [[Int]]
        let mode: ExecutionMode
    }

    /// An empty cache.
    public init(_ graph: Graph, compiler: Compiler) {
        self.graph = graph
        self.compiler = compiler
    }

    /// The program for the given shapes of the graph's inputs.
    ///
    /// - Throws: ``GraphError`` if the graph cannot be compiled for them.
    public func program(inputShapes: [[Int]], mode: ExecutionMode) throws(GraphError) -> Program<E> {
        let key = Key(shapes: inputShapes, mode: mode)
        if let known = programs[key] { return known }
        let program = try compiler.compile(graph, inputShapes: inputShapes, mode: mode, as: E.self)
        programs[key] = program
        return program
    }
}
