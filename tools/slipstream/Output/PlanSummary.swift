import Slipstream

/// What `slipstream inspect --plan` tells of a compiled program.
struct PlanSummary: Encodable {
    /// A node of the program.
    struct Row: Encodable {
        let number: Int
        let name: String
        let operation: String
        let activation: String?
        let kernel: String?
        let shape: [Int]
        let layout: String
        let bytes: Int
        let memory: String
        let preparedBytes: Int
        let scratchBytes: Int
        let runsOnce: Bool

        private enum CodingKeys: String, CodingKey {
            case number, name, activation, kernel, shape, layout, bytes, memory
            case operation = "operator"
            case preparedBytes = "prepared_bytes"
            case scratchBytes = "scratch_bytes"
            case runsOnce = "runs_once"
        }

        init(_ number: Int, _ node: ProgramPlan.PlannedNode) {
            self.number = number
            name = node.name
            operation = node.operation
            activation = node.activation == .identity ? nil : node.activation.rawValue
            kernel = node.kernel
            shape = node.shape
            layout = node.layout == .channelsLast ? "channels-last" : "row-major"
            bytes = node.bytes
            memory = Self.names[node.memory] ?? node.memory.rawValue
            preparedBytes = node.preparedBytes
            scratchBytes = node.scratchBytes
            runsOnce = node.runsOnce
        }

        static let names: [ProgramPlan.Memory: String] = [
            .own: "own", .inPlace: "in place", .view: "view", .retained: "kept", .gradient: "gradient",
        ]
    }

    let file: String
    let mode: String
    let batchSize: Int
    let threads: Int
    let nodes: [Row]
    let kernels: [String: Int]
    let arenaBytes: Int
    let unsharedBytes: Int
    let retainedBytes: Int

    private enum CodingKeys: String, CodingKey {
        case file, mode, threads, nodes, kernels
        case batchSize = "batch_size"
        case arenaBytes = "arena_bytes"
        case unsharedBytes = "unshared_bytes"
        case retainedBytes = "retained_bytes"
    }

    /// Reads a model and compiles it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - newBatch: another batch size than the file fixes; `nil` leaves it.
    ///   - batch: images a step; by default what the file fixes, else 1.
    ///   - isTraining: whether the program trains.
    ///   - compiler: what compiles it.
    init(path: String, newBatch: Dimension?, batch: Int?, isTraining: Bool, compiler: Compiler) throws {
        let network = try ModelFile.read(path, batch: newBatch).network()
        let shape = network.imageShape.compactMap { $0 }
        guard shape.count == 3 else { throw TrainingError.openImageShape }
        let classifier = try Classifier(network.graph, imageShape: shape, compiler: compiler)
        let batch = batch ?? classifier.fixedBatch ?? 1
        if let fixed = classifier.fixedBatch, fixed != batch {
            throw TrainingError.bakedBatch(model: fixed, asked: batch, images: batch)
        }
        let program =
            try isTraining ? classifier.trainingProgram(batch: batch) : classifier.predictionProgram(batch: batch)
        file = path
        mode = isTraining ? "train" : "infer"
        batchSize = batch
        threads = compiler.workers.count
        nodes = program.plan.nodes.enumerated().map { Row($0.offset, $0.element) }
        kernels = program.plan.nodesByBackend
        arenaBytes = program.arenaBytes
        unsharedBytes = program.unsharedBytes
        retainedBytes = program.retainedBytes
    }
}
