/// A mark for one content of a parameter vector.
///
/// A program prepares what depends on parameters alone, such as weights in a kernel's own order. Runs that are given the
/// same mark share one preparation. Make a new mark whenever a parameter may have changed:
///
/// ```swift
/// let version = ParametersVersion()
/// for batch in batches { program.run(parameters: theta, inputs: batch, invocation: Invocation(parameters: version)) }
/// ```
public final class ParametersVersion: Sendable, Hashable {
    /// A mark that differs from all others.
    public init() {}

    public static func == (one: ParametersVersion, other: ParametersVersion) -> Bool { one === other }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
