import Buffers
import CSlipstream

/// The functions of a plugin's accelerator, called in the precision of `Element`.
struct AcceleratorCalls<Element: Scalar> {
    private let functions: slip_plugin_accelerator

    init(_ functions: slip_plugin_accelerator) { self.functions = functions }

    var wantsMeanGradient: Bool { functions.flags & UInt32(SLIP_PLUGIN_MEAN_GRADIENT) != 0 }

    func start(
        _ state: PluginState, _ point: UnsafeBufferPointer<Element>, threads: Int
    ) throws(CallFailure) {
        try tell(state, point, nil, threads, functions.start_f32, functions.start_f64)
    }

    func observe(
        _ state: PluginState, _ point: UnsafeBufferPointer<Element>, _ meanGradient: UnsafeBufferPointer<Element>?,
        threads: Int
    ) throws(CallFailure) {
        try tell(state, point, meanGradient, threads, functions.observe_f32, functions.observe_f64)
    }

    private func tell(
        _ state: PluginState, _ point: UnsafeBufferPointer<Element>, _ gradient: UnsafeBufferPointer<Element>?,
        _ threads: Int,
        _ single: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<slip_plugin_point_f32>?) -> CInt)?,
        _ double: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<slip_plugin_point_f64>?) -> CInt)?
    ) throws(CallFailure) {
        let (x, g) = (UnsafeRawPointer(point.baseAddress), UnsafeRawPointer(gradient?.baseAddress))
        if Element.self == Float.self {
            guard let single else { return }
            var structure = slip_plugin_point_f32(
                size: MemoryLayout<slip_plugin_point_f32>.stride, point: x?.assumingMemoryBound(to: Float.self),
                count: point.count, mean_gradient: g?.assumingMemoryBound(to: Float.self),
                gradient_count: gradient?.count ?? 0, threads: UInt32(threads), reserved: 0)
            return try state.check(single(state.pointer, &structure))
        }
        guard let double else { return }
        var structure = slip_plugin_point_f64(
            size: MemoryLayout<slip_plugin_point_f64>.stride, point: x?.assumingMemoryBound(to: Double.self),
            count: point.count, mean_gradient: g?.assumingMemoryBound(to: Double.self),
            gradient_count: gradient?.count ?? 0, threads: UInt32(threads), reserved: 0)
        try state.check(double(state.pointer, &structure))
    }

    /// Has a point written; returns whether there is one.
    func propose(
        _ state: PluginState, _ target: UnsafeMutableBufferPointer<Element>, threads: Int
    ) throws(CallFailure) -> Bool {
        let raw = UnsafeMutableRawPointer(target.baseAddress)
        let status =
            Element.self == Float.self
            ? functions.propose_f32?(
                state.pointer, raw?.assumingMemoryBound(to: Float.self), target.count, UInt32(threads))
            : functions.propose_f64?(
                state.pointer, raw?.assumingMemoryBound(to: Double.self), target.count, UInt32(threads))
        guard let status, status != SLIP_PLUGIN_NO_PROPOSAL else { return false }
        try state.check(status)
        return true
    }

    /// How many points are combined, and how many at most; nil if the plugin cannot tell, or tells what cannot be.
    func fill(_ state: PluginState) -> (held: Int, window: Int)? {
        var (held, window) = (0, 0)
        guard functions.fill?(state.pointer, &held, &window) == CInt(SLIP_PLUGIN_OK), held >= 0, window >= 1 else {
            return nil
        }
        return (held, window)
    }

    func withdraw(_ state: PluginState) { _ = functions.withdraw?(state.pointer) }
}
