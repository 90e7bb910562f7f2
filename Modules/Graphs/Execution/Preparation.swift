/// What a kernel makes of some of its operands before it runs: weights in an order of its own, say.
///
/// It runs before every run of the kernel; where its operands depend on parameters alone and the program does not change
/// these, only when the parameters have changed. See ``ParametersVersion``.
public struct Preparation: Sendable {
    /// The positions of the operands that it reads. The kernel itself must not read them.
    public let operands: [Int]
    /// The size in bytes of what it makes; a call finds it at ``KernelCall/prepared``, 64-byte aligned.
    public let bytes: Int
    /// How much scratch memory it needs.
    public let scratchBytes: Int
    /// Makes it.
    public let run: @Sendable (KernelCall) -> Void

    /// A preparation.
    public init(
        operands: [Int], bytes: Int, scratchBytes: Int = 0, run: @escaping @Sendable (KernelCall) -> Void
    ) {
        self.operands = operands
        self.bytes = bytes
        self.scratchBytes = scratchBytes
        self.run = run
    }
}
