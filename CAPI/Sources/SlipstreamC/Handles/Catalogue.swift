import Accelerators
import Buffers
import CSlipstream
import Optimizers

/// What handles can be made of, by name.
enum Catalogue {
    /// The averages.
    static let averages: [any Accelerator.Type] = [UniformAverage.self, ExponentialAverage.self]

    /// The rule of a name.
    static func rule(_ name: UnsafePointer<CChar>?) throws(Failure) -> any Optimizer.Type {
        let name = String(cString: try require(name, "rule"))
        do { return try OptimizerTable.find(name) } catch { throw Failure(error) }
    }

    /// The average of a name.
    static func average(_ name: UnsafePointer<CChar>?) throws(Failure) -> any Accelerator.Type {
        let name = String(cString: try require(name, "name"))
        let known = averages.map { $0.name }
        guard let average = averages.first(where: { $0.name == name }) else {
            throw Failure(
                SLIP_UNKNOWN_NAME,
                "no average is named '\(name)'\(Spelling.hint(for: name, among: known)) Known: \(known.joined(separator: ", "))"
            )
        }
        return average
    }

    /// Describes the rule of an index.
    static func describeRule(
        _ index: Int, _ target: UnsafeMutablePointer<slip_description>?
    ) throws(Failure) -> slip_status {
        let rules = OptimizerTable.builtIn
        let target = try checked(target)
        guard rules.indices ~= index else { return SLIP_DONE }
        let rule = rules[index]
        let differs = (try? rule.init(settings: [:]).iterateDiffers) ?? false
        let flags =
            (rule.usesLearningRate ? SLIP_USES_LEARNING_RATE : 0) | (rule.displaces ? SLIP_DISPLACES : 0)
            | (differs ? SLIP_ITERATE_DIFFERS : 0)
        write(rule, flags, to: target)
        return SLIP_OK
    }

    /// Describes the average of an index.
    static func describeAverage(
        _ index: Int, _ target: UnsafeMutablePointer<slip_description>?
    ) throws(Failure) -> slip_status {
        let target = try checked(target)
        guard averages.indices ~= index else { return SLIP_DONE }
        write(averages[index], 0, to: target)
        return SLIP_OK
    }

    private static func checked(
        _ target: UnsafeMutablePointer<slip_description>?
    ) throws(Failure) -> UnsafeMutablePointer<slip_description> {
        let target = try require(target, "description")
        try Tagged.check(target, "description", least: Tagged.firstSize(of: slip_description.self))
        return target
    }

    private static func write(
        _ type: any Configurable.Type, _ flags: Int, to target: UnsafeMutablePointer<slip_description>
    ) {
        Tagged.write(
            slip_description(
                size: 0, name: StaticText.kept(type.name), summary: StaticText.kept(type.summary),
                flags: UInt32(flags), reserved: 0), to: target)
    }
}
