import Buffers

/// Programs of one graph by input shape and mode, so that the shorter last batch of an epoch is compiled once. They share
/// one arena: none may run at the same time as another.
public final class ProgramCache<E: Scalar> {
    /// The network.
    public let graph: Graph
    /// What compiles it.
    public let compiler: Compiler
    /// The memory for what the programs compute.
    public let arena: Arena
    private var programs: [Key: Program<E>] = [:]

    private struct Key: Hashable {
        let shapes: [[Int]]
        let mode: ExecutionMode
    }

    /// An empty cache.
    ///
    /// - Parameters:
    ///   - graph: the network.
    ///   - compiler: what compiles it.
    ///   - arena: the memory for what the programs compute; by default one of the cache's own.
    public init(_ graph: Graph, compiler: Compiler, arena: Arena = Arena()) {
        self.graph = graph
        self.compiler = compiler
        self.arena = arena
    }

    /// The program for the given shapes of the graph's inputs.
    ///
    /// - Throws: ``GraphError`` if the graph cannot be compiled for them.
    public func program(inputShapes: [[Int]], mode: ExecutionMode) throws(GraphError) -> Program<E> {
        let key = Key(shapes: inputShapes, mode: mode)
        if let known = programs[key] { return known }
        let program = try compiler.compile(graph, inputShapes: inputShapes, mode: mode, arena: arena, as: E.self)
        programs[key] = program
        return program
    }
}
