import Buffers
import Glibc

extension ImportedModel {
    /// Checks before any work that the trained model can be written.
    ///
    /// - Throws: ``ONNXError`` `outputsInUse` if a normalisation's training outputs are read, so that the file has no
    ///   inference form.
    public func checkWritable() throws(ONNXError) {
        var editor = ONNXEditor(file)
        try editor.convertToInferenceForm()
    }

    /// Writes the file with other weights: names, order, opset, metadata and every byte that is not a trained value stay.
    /// A tensor whose values have not moved keeps its bytes.
    ///
    /// `Identity` nodes that stood for a tensor which several parameters shared become constants of their own. A file in
    /// training form becomes one in inference form, which is what runtimes take.
    ///
    /// - Parameters:
    ///   - parameters: weights and statistics of this model's layout.
    ///   - path: the file to make or to replace; external data goes beside it.
    /// - Throws: ``ONNXError``.
    public func write(_ parameters: AlignedBuffer<Float>, to path: String) throws(ONNXError) {
        let layout = self.parameters.layout
        guard parameters.count == layout.count else {
            throw .invalidEdit(reason: "\(parameters.count) numbers were given for \(layout.count) parameters")
        }
        var editor = ONNXEditor(file)
        var moved: Set<[WireKey]> = []
        for source in sources where source.identity == nil {
            guard let segment = layout[source.name] else { continue }
            let values = UnsafeBufferPointer(rebasing: parameters.elements[segment.range])
            guard try source.differs(from: values) else { continue }
            moved.insert(source.tensor.path)
            try source.replace(in: &editor, with: values)
        }
        for source in sources {
            guard let node = source.identity, let segment = layout[source.name] else { continue }
            let values = UnsafeBufferPointer(rebasing: parameters.elements[segment.range])
            let differs = try source.differs(from: values)
            guard differs || moved.contains(source.tensor.path) else { continue }
            try editor.detach(node, from: source.tensor, with: values)
        }
        try keepFrozen(in: &editor, moved)
        try editor.convertToInferenceForm()
        try editor.write(to: path)
    }

    /// Gives frozen parameters that repeat a tensor which has moved a constant of their own: they would follow it.
    private func keepFrozen(in editor: inout ONNXEditor, _ moved: Set<[WireKey]>) throws(ONNXError) {
        for source in frozenSources where moved.contains(source.tensor.path) {
            guard let node = source.identity else { continue }
            try editor.detach(node, from: source.tensor, with: try source.tensor.elements(as: Double.self))
        }
    }
}

extension FileParameter {
    /// Whether values are others than those that the file's give in single precision.
    fileprivate func differs(from values: UnsafeBufferPointer<Float>) throws(ONNXError) -> Bool {
        guard !values.isEmpty else { return false }
        let old = try tensor.elements(as: Float.self)
        return old.withUnsafeBytes { memcmp($0.baseAddress!, values.baseAddress!, $0.count) != 0 }
    }

    /// Gives the file's tensor new values; doubles that have not moved keep the digits that single precision lacks.
    fileprivate func replace(
        in editor: inout ONNXEditor, with values: UnsafeBufferPointer<Float>
    ) throws(ONNXError) {
        guard tensor.dataType == .double else { return try editor.replace(tensor, with: values) }
        var elements = try tensor.elements(as: Double.self)
        for index in values.indices where Float(elements[index]) != values[index] {
            elements[index] = Double(values[index])
        }
        try editor.replace(tensor, with: elements)
    }
}
