import Graphs

/// Sets elements to zero at random in training, and divides the others by 1 − ratio.
///
/// N. Srivastava et al., *Dropout: a simple way to prevent neural networks from overfitting*, JMLR 15, 2014. `Dropout` is the
/// operator of the module `Graphs`.
public struct DropoutLayer: Layer {
    /// The probability with which an element is dropped.
    public let ratio: Double

    /// Dropout.
    ///
    /// - Parameter ratio: from 0 to less than 1.
    public init(_ ratio: Double = 0.5) { self.ratio = ratio }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        // The node's place tells it from others, which are to drop other elements.
        let salt = UInt64(builder.graph.nodes.count)
        return try builder.graph.apply(Dropout(ratio: ratio, salt: salt), value, name: builder.name("dropout"))
    }
}
