import Graphs

/// Names for all values of a graph, each used once.
struct ValueNames {
    private var names: [String]
    private var used: Set<String> = []

    /// Keeps a graph's own names where it can: those of parameters, inputs and outputs before others.
    init(_ graph: Graph) {
        names = graph.values.map(\.name)
        var isNamed = graph.values.map { _ in false }
        for id in graph.parameters + graph.inputs + graph.outputs where !isNamed[id.index] {
            isNamed[id.index] = true
            names[id.index] = add(names[id.index])
        }
        for index in names.indices where !isNamed[index] {
            names[index] = add(names[index].isEmpty ? "value_\(index)" : names[index])
        }
    }

    /// The name of a value.
    subscript(id: ValueID) -> String { names[id.index] }

    /// A name for something new: the wanted one, or one like it where that is taken.
    mutating func add(_ wanted: String) -> String {
        var name = wanted.isEmpty ? "value" : wanted
        var number = 1
        while !used.insert(name).inserted {
            number += 1
            name = "\(wanted)_\(number)"
        }
        return name
    }
}
