/// A published network, by name: `slipstream new` and Swift programs build them through this table.
public struct Architecture: Sendable {
    /// The name that users type.
    public let name: String
    /// One line about it.
    public let summary: String
    let layers: @Sendable (_ classes: Int) -> [any Layer]

    /// All architectures.
    public static let all: [Architecture] = [.lenet, .smallCNN, .resnet18CIFAR]

    /// The architecture called `name`.
    ///
    /// - Throws: ``NetworkError/unknownArchitecture(name:known:)``.
    public static func named(_ name: String) throws(NetworkError) -> Architecture {
        guard let found = all.first(where: { $0.name == name }) else {
            throw .unknownArchitecture(name: name, known: all.map(\.name))
        }
        return found
    }

    /// Builds the network and draws its weights.
    ///
    /// - Parameters:
    ///   - input: channels, height and width of an image.
    ///   - classes: the number of logits, at least 1.
    ///   - seed: the same seed gives the same weights.
    /// - Throws: `GraphError` if the images are too small, ``NetworkError`` for an impossible input.
    public func network(input: [Int], classes: Int, seed: UInt64 = 0) throws -> Network {
        try Network(name: name, input: input, seed: seed) { layers(classes) }
    }
}
