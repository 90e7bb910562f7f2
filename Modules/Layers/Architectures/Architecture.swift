import Graphs

/// A published network, by name: `slipstream new` and Swift programs build them through this table.
public struct Architecture: Sendable {
    /// The name that users type.
    public let name: String
    /// One line about it.
    public let summary: String
    let layers: @Sendable (_ classes: Int) -> [any Layer]

    /// An architecture.
    ///
    /// - Parameters:
    ///   - name: the name that users type.
    ///   - summary: one line about it.
    ///   - layers: the layers for a number of classes.
    init(name: String, summary: String, @LayerBuilder layers: @escaping @Sendable (_ classes: Int) -> [any Layer]) {
        self.name = name
        self.summary = summary
        self.layers = layers
    }

    /// All architectures.
    public static let all: [Architecture] =
        [.lenet, .smallCNN, .alexNetReduced, .alexNet] + vggs + resNets + [
            .denseNet121, .inceptionV3, .inceptionResNetV2,
        ]

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
    /// - Throws: what ``graph(input:classes:)`` does, and `AllocationError` if memory is short.
    public func network(input: [Int], classes: Int, seed: UInt64 = 0) throws -> Network {
        try Network(builder(input: input, classes: classes), seed: seed)
    }

    /// Builds the network's graph alone, which takes no memory for weights.
    ///
    /// - Throws: ``NetworkError/tooSmall(architecture:height:width:smallest:reason:)`` if a layer has no room on such
    ///   images, ``NetworkError/badInput(_:)`` for an impossible shape, `GraphError` if the network would be too large.
    public func graph(input: [Int], classes: Int) throws -> Graph {
        try builder(input: input, classes: classes).graph
    }

    /// The least height and width of an image that the network takes; `nil` if it does not take 1024 x 1024 either.
    public func smallestSide(channels: Int = 3, classes: Int = 10) -> Int? {
        var (refused, accepted) = (0, 1025)
        while accepted - refused > 1 {
            let side = (refused + accepted) / 2
            let built = try? NetworkBuilder(name: name, input: [channels, side, side], layers: layers(classes))
            if built == nil { refused = side } else { accepted = side }
        }
        return accepted <= 1024 ? accepted : nil
    }

    private func builder(input: [Int], classes: Int) throws -> NetworkBuilder {
        do {
            return try NetworkBuilder(name: name, input: input, layers: layers(classes))
        } catch let error as GraphError {
            guard let smallest = smallestSide(channels: input[0], classes: classes), min(input[1], input[2]) < smallest
            else { throw error }
            throw NetworkError.tooSmall(
                architecture: name, height: input[1], width: input[2], smallest: smallest, reason: error.description)
        }
    }
}
