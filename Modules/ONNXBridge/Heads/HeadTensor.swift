/// A tensor of a classifier: where its elements are, and which of its dimensions counts the classes.
struct HeadTensor {
    /// The tensor in the file.
    let tensor: ONNXTensor
    /// The `Identity` node that gives it a name of its own, where other nodes read the same tensor.
    let holder: ONNXNode?
    /// The name that it has as a parameter.
    let name: String
    /// The dimension that counts the classes.
    let axis: Int
    /// That dimension of every value on the way from the tensor to the node, the tensor itself included.
    let axes: [(name: String, axis: Int)]

    /// Follows an operand back to its tensor.
    ///
    /// - Parameters:
    ///   - operand: the value that the node reads.
    ///   - axis: the dimension of the operand that counts the classes.
    ///   - node: the classifier.
    /// - Throws: ``HeadError`` if the elements are no constant of the file, or are used elsewhere.
    init(
        _ operand: String, axis: Int, of node: ONNXNode, in graph: ONNXGraph, _ uses: ValueUses
    ) throws(HeadError) {
        func bad(_ reason: String) -> HeadError { .badWeights(node: node.label, reason: reason) }
        var (name, axis) = (operand, axis)
        var axes: [(name: String, axis: Int)] = []
        var last: ONNXNode?
        // A file may name its values in a circle.
        for _ in 0..<16 {
            let readers = uses.readers(of: name)
            if readers.count != 1 {
                guard let tensor = graph[initializer: name], let last, last.opType == "Identity" else {
                    let others = readers.filter { $0 != node.label }
                    throw .shared(node: node.label, tensor: name, readers: others.isEmpty ? readers : others)
                }
                self = try HeadTensor(tensor, last, last.outputs.first ?? "", axis, axes, bad)
                return
            }
            axes.append((name, axis))
            if let tensor = graph[initializer: name] {
                self = try HeadTensor(tensor, nil, name, axis, axes, bad)
                return
            }
            guard let producer = uses.producer(of: name), producer.domain.isEmpty else {
                throw bad("'\(name)' is no constant of the file")
            }
            switch producer.opType {
            case "Constant":
                guard case .tensor(let tensor)? = producer["value"] else {
                    throw bad("'\(name)' is a constant that is no tensor")
                }
                self = try HeadTensor(tensor, nil, name, axis, axes, bad)
                return
            case "Identity", "Cast": break
            case "Transpose":
                switch producer["perm"] {
                case nil: axis = 1 - axis
                case .ints([1, 0])?: axis = 1 - axis
                case .ints([0, 1])?: break
                default: throw bad("'\(producer.label)' reorders '\(name)' in another way than a matrix")
                }
            default: throw bad("'\(name)' is computed by '\(producer.label)' (\(producer.operation))")
            }
            last = producer
            name = producer.inputs.first ?? ""
        }
        throw bad("'\(operand)' is no constant of the file")
    }

    private init(
        _ tensor: ONNXTensor, _ holder: ONNXNode?, _ name: String, _ axis: Int, _ axes: [(name: String, axis: Int)],
        _ bad: (String) -> HeadError
    ) throws(HeadError) {
        guard tensor.dataType.isTrainable else {
            throw bad("its tensor '\(tensor.name)' holds \(tensor.dataType) elements, not floating-point numbers")
        }
        guard tensor.shape.indices.contains(axis) else {
            throw bad("its tensor '\(tensor.name)' has \(tensor.shape.count) dimensions")
        }
        self.tensor = tensor
        self.holder = holder
        self.name = name
        self.axis = axis
        self.axes = axes
    }

    /// The number of classes that it is for.
    var classes: Int { tensor.shape[axis] }

    /// Its shape for another number of classes.
    func shape(classes: Int) -> [Int] {
        var shape = tensor.shape
        shape[axis] = classes
        return shape
    }
}
