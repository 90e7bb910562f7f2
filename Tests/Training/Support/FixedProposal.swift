import Accelerators
import Buffers
import Optimizers

/// Proposes the same point after every epoch: all elements equal to a number, or the last point scaled.
struct FixedProposal: Accelerator {
    static let name = "fixed-proposal"
    static let summary = "The same point after every epoch."
    static let fill = Setting("fill", standard: 0, range: .from(0), summary: "What every element is.")
    static let scale = Setting("scale", standard: 0, range: .from(0), summary: "What the last point is scaled by.")
    static let settings = [fill, scale]

    var fill = 0.0
    var scale = 0.0

    init(fill: Double = 0, scale: Double = 0) { (self.fill, self.scale) = (fill, scale) }
    init(_ values: SettingValues) throws(SettingError) {
        (fill, scale) = (values[FixedProposal.fill], values[FixedProposal.scale])
    }

    var values: [String: Double] { ["fill": fill, "scale": scale] }

    func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        FixedProposalState<Element>(self, [Element](repeating: 0, count: count))
    }
}

final class FixedProposalState<Element: Scalar>: AcceleratorState {
    private let settings: FixedProposal
    private var last: [Element]

    init(_ settings: FixedProposal, _ last: [Element]) { (self.settings, self.last) = (settings, last) }

    func start(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {}

    func observe(
        _ point: UnsafeBufferPointer<Element>, meanGradient: UnsafeBufferPointer<Element>?, workers: Workers
    ) throws(AcceleratorError) { last = Array(point) }

    func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        for index in target.indices { target[index] = Element(settings.fill) + Element(settings.scale) * last[index] }
        return .accepted
    }

    func withdrawProposal() {}
    func reset() {}
    var diagnostics: Diagnostics {
        Diagnostics(window: 1, fill: 1, coefficients: [1], conditionNumber: nil, tally: Tally())
    }
    var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] { [] }
    var numbers: [(name: String, values: [Double])] { [] }
    func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {}
}
