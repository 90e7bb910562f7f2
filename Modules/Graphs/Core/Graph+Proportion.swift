import Tensors

extension Graph {
    /// The elements that all values together may have for each image, however small the network.
    static let leastValuesAnImage = 1 << 24
    /// How many times the elements of its inputs, parameters and constants the values of a network may have.
    static let mostValuesAnElement = 1 << 12

    /// Refuses a network whose values are out of all proportion to what they are computed from.
    ///
    /// A file of a few bytes can pad, tile or resize an image to fill any memory. What values a sound network has grows with
    /// its input and its parameters: the deepest of the known ones compute some hundred numbers for each number given.
    /// Those of one image may always have 2^24 elements, 64 MiB in single precision; beyond, at most 2^12 for each element
    /// of the inputs, parameters and constants together.
    ///
    /// To be asked of a graph that ``specialized(inputShapes:)`` made.
    ///
    /// - Throws: ``GraphError/outOfProportion(node:operation:reason:)``, which names the first large result.
    public func checkProportion() throws(GraphError) {
        let images = max(1, inputs.first.flatMap { type(of: $0)?.shape.first } ?? 1)
        let given = Self.sum(
            values.map { value in
                if case .result = value.role { return 0 }
                return value.type?.count ?? 0
            })
        let computed = nodes.flatMap(\.outputs)
        let most = max(
            Shape.checkedCount([Self.leastValuesAnImage, images]) ?? .max,
            Shape.checkedCount([Self.mostValuesAnElement, given]) ?? .max)
        guard Self.sum(computed.map { type(of: $0)?.count ?? 0 }) > most else { return }
        let largest = computed.map { type(of: $0)?.count ?? 0 }.max() ?? 0
        for node in nodes {
            for output in node.outputs {
                guard let type = type(of: output), type.count >= largest / 4 else { continue }
                throw .outOfProportion(
                    node: node.name, operation: Swift.type(of: node.operation).name,
                    reason: "makes \(Shape.describe(type.shape)) numbers; all values of one image may be 2^24, or "
                        + "\(Self.mostValuesAnElement) times what input, parameters and constants have together, \(given)"
                )
            }
        }
    }

    private static func sum(_ counts: [Int]) -> Int {
        counts.reduce(0) { total, count in
            let (sum, overflow) = total.addingReportingOverflow(count)
            return overflow ? .max : sum
        }
    }
}
