/// What the calls of a function have in common: the constants of its body, and the results of nodes that only these reach.
///
/// They have one name for all calls, so that a weight in a body is one parameter, and what follows from constants alone is
/// computed once, not in every one of a thousand calls. Results of calls within a body are not followed.
struct SharedNodes {
    /// A function, by all that names it.
    struct Function: Hashable {
        let domain: String
        let name: String
        let overload: String
    }

    /// What a node would call.
    static func function(calledBy node: ONNXNode) -> Function {
        Function(domain: node.domain, name: node.opType, overload: node.overload)
    }

    /// A node of a body, with its operands and attributes at the place of a call.
    struct Use: Hashable {
        fileprivate let function: Function
        fileprivate let index: Int
        fileprivate let inputs: [String]
        fileprivate let attributes: [Place]
    }

    /// Where in the file an attribute's value is, be it in the body, in a call or a function's default, and as what.
    fileprivate struct Place: Hashable {
        let name: String
        let path: [WireKey]

        init(_ attribute: ONNXAttribute) { (name, path) = (attribute.name, attribute.path) }
    }

    /// Operators whose results may differ from call to call, or that change something: chance and running statistics.
    private static let impure: Set = ["Dropout", "BatchNormalization"]

    private var constants: [Place: String] = [:]
    private var results: [Use: [String]] = [:]
    private var names: Set<String> = []

    /// The name of a constant that an earlier call has added.
    func constant(_ value: ONNXAttribute) -> String? { constants[Place(value)] }

    /// Remembers a constant's name.
    mutating func add(_ name: String, for value: ONNXAttribute) {
        constants[Place(value)] = name
        names.insert(name)
    }

    /// What tells a node of a body from others; `nil` if it is not the same for all calls.
    func use(
        of node: ONNXNode, at index: Int, in function: Function, inputs: [String], attributes: [ONNXAttribute]
    ) -> Use? {
        guard !Self.impure.contains(node.opType), inputs.contains(where: { !$0.isEmpty }),
            inputs.allSatisfy({ $0.isEmpty || names.contains($0) })
        else { return nil }
        return Use(function: function, index: index, inputs: inputs, attributes: attributes.map { Place($0) })
    }

    /// The names of results that an earlier call has added.
    func results(of use: Use) -> [String]? { results[use] }

    /// Remembers the names of a node's results.
    mutating func add(_ outputs: [String], of use: Use) {
        results[use] = outputs
        names.formUnion(outputs)
    }
}
