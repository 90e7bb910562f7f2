import Buffers
import Optimizers

/// A way to combine the points that a method visits into a better one: a value of settings.
///
/// A new accelerator is one file with its settings and its state, and one entry in ``AcceleratorTable``.
public protocol Accelerator: Configurable {
    /// Whether ``AcceleratorState/observe(_:meanGradient:workers:)`` wants the mean of the gradients since the last point.
    var needsMeanGradient: Bool { get }

    /// Makes the state before the first point.
    ///
    /// - Parameters:
    ///   - count: the number of elements of a point.
    ///   - gradientCount: the number of elements of a gradient: of the first so many elements of a point.
    func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element>
}

extension Accelerator {
    /// False: points are enough.
    public var needsMeanGradient: Bool { false }
}

/// What an accelerator remembers of the points that a method visited. Not safe to use from two threads at once.
public protocol AcceleratorState<Element>: SerializableState {
    /// Tells where the method starts, or, after a point, where it goes on from when that is not the point itself.
    ///
    /// - Throws: ``AcceleratorError`` for a vector of another length or with elements that are not finite.
    func start(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError)

    /// Tells which point the method has come to.
    ///
    /// - Parameters:
    ///   - point: all elements, running statistics included.
    ///   - meanGradient: the mean of the gradients since the last point, where one is wanted.
    /// - Throws: ``AcceleratorError``, with the history as it was before.
    func observe(
        _ point: UnsafeBufferPointer<Element>, meanGradient: UnsafeBufferPointer<Element>?, workers: Workers
    ) throws(AcceleratorError)

    /// Writes a point to try: the combination, or the last point that was observed if the combination is rejected.
    ///
    /// - Throws: ``AcceleratorError/noPoints`` if there has been none, ``AcceleratorError/wrongCount(what:expected:found:)``.
    func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal

    /// Tells the objective at the last proposal, and writes another point to measure, if there is one.
    ///
    /// - Parameters:
    ///   - last: the objective at the last point that was observed.
    ///   - proposed: the objective at what was last written; NaN is worse than any number.
    ///   - target: what was last written; it ends as the best of all points measured since ``propose(into:workers:)``.
    ///   - workers: the threads to use.
    func refine(
        last: Double, proposed: Double, into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Refinement

    /// Tells that the last accepted proposal was measured and found worse, so that it is counted among the rejected.
    func withdrawProposal()

    /// Forgets all points; what was counted stays.
    func reset()

    /// Whether as many points are held as are combined at most.
    var isFull: Bool { get }

    /// What it holds and what was counted.
    var diagnostics: Diagnostics { get }
}

extension AcceleratorState {
    public var isFull: Bool {
        let diagnostics = self.diagnostics
        return diagnostics.fill >= diagnostics.window
    }

    /// Settles at once: a single point was proposed.
    public func refine(
        last: Double, proposed: Double, into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Refinement { .settled(objective: proposed) }
}

/// Every accelerator by name: those of this module and those that plugins registered.
public enum AcceleratorTable {
    /// This module's accelerators. A new one is one file and one entry here.
    public static let builtIn: [any Accelerator.Type] = [
        RNA.self, UniformAverage.self, ExponentialAverage.self, LastIterate.self,
    ]

    /// What a plugin registers its accelerators under.
    public static let kind = PluginKind<any Accelerator.Type>("accelerator")

    /// All names, built-in ones first.
    public static var names: [String] {
        let own = builtIn.map { $0.name }
        return own + PluginRegistry.shared.names(kind: kind).filter { !own.contains($0) }
    }

    /// The accelerator called `name`.
    ///
    /// - Throws: ``AcceleratorError/unknownAccelerator(name:known:)``, which lists the names that exist.
    public static func find(_ name: String) throws(AcceleratorError) -> any Accelerator.Type {
        if let type = builtIn.first(where: { $0.name == name }) { return type }
        guard let type = try? PluginRegistry.shared.find(name, kind: kind) else {
            throw .unknownAccelerator(name: name, known: names)
        }
        return type
    }

    /// Makes the accelerator called `name` from named settings.
    ///
    /// - Throws: ``AcceleratorError`` for an unknown name, an unknown setting or a value that is not allowed.
    public static func make(
        _ name: String, settings: [String: Double] = [:]
    ) throws(AcceleratorError) -> any Accelerator {
        let type = try find(name)
        do { return try type.init(settings: settings) } catch { throw .setting(error) }
    }
}
