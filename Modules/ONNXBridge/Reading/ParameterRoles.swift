import Buffers

/// Decides which initialisers of a file are trained, and as what.
///
/// A file does not say. What a convolution, a matrix product or a batch normalisation takes as its weights is trained;
/// so is a vector added straight to the result of one of the first two. Other real initialisers, such as a mean that is
/// subtracted from images, stay as they are. Operators that only move elements are looked through.
struct ParameterRoles {
    /// The kind of each initialiser that is a parameter, by name.
    private(set) var kinds: [String: ParameterKind] = [:]

    private static let transparent: Set<String> = [
        "Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Cast",
    ]
    private static let linear: Set<String> = ["Conv", "Gemm", "MatMul"]
    private static let operands: [String: [Int: ParameterKind]] = [
        "Conv": [1: .weight, 2: .bias], "Gemm": [0: .weight, 1: .weight, 2: .bias],
        "MatMul": [0: .weight, 1: .weight],
        "BatchNormalization": [1: .scale, 2: .shift, 3: .statistic, 4: .statistic],
    ]

    /// Assigns kinds to the initialisers of a graph.
    init(_ graph: ONNXGraph) {
        var producers: [String: ONNXNode] = [:]
        for node in graph.nodes { for output in node.outputs where !output.isEmpty { producers[output] = node } }

        func source(_ name: String) -> String {
            var name = name
            // Bounded, because a damaged file may name a node's own output as its input.
            for _ in 0..<graph.nodes.count {
                guard let node = producers[name], Self.transparent.contains(node.opType), let input = node.inputs.first
                else { break }
                name = input
            }
            return name
        }
        func mark(_ name: String, _ kind: ParameterKind) {
            let name = source(name)
            guard graph[initializer: name]?.dataType.isTrainable == true else { return }
            kinds[name] = kinds[name] ?? kind
        }
        for node in graph.nodes where node.domain.isEmpty {
            for (index, kind) in (Self.operands[node.opType] ?? [:]).sorted(by: { $0.key < $1.key }) {
                if index < node.inputs.count { mark(node.inputs[index], kind) }
            }
            guard node.opType == "Add", node.inputs.count == 2 else { continue }
            for (index, other) in [(0, 1), (1, 0)] {
                let producer = producers[source(node.inputs[other])]
                if Self.linear.contains(producer?.opType ?? "") { mark(node.inputs[index], .bias) }
            }
        }
    }
}
