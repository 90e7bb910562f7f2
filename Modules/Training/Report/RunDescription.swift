/// What a report says about a run besides its metrics.
public struct RunDescription: Sendable, Codable, Hashable {
    /// A name and a value as text.
    public struct Entry: Sendable, Codable, Hashable {
        /// The setting's name, as on the command line.
        public let name: String
        /// Its value.
        public let value: String

        /// An entry.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The report's heading: which network on which data.
    public var title: String
    /// The resolved settings, in order.
    public var settings: [Entry]
    /// The machine and the versions, in order.
    public var environment: [Entry]

    /// A description.
    public init(title: String, settings: [Entry], environment: [Entry]) {
        self.title = title
        self.settings = settings
        self.environment = environment
    }
}
