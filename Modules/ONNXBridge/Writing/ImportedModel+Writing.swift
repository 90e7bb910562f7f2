import Buffers

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
        for source in sources {
            guard let segment = layout[source.name] else { continue }
            let values = UnsafeBufferPointer(rebasing: parameters.elements[segment.range])
            if let node = source.identity {
                try editor.detach(node, from: source.tensor, with: values)
            } else {
                try editor.replace(source.tensor, with: values)
            }
        }
        try keepFrozen(in: &editor)
        try editor.convertToInferenceForm()
        try editor.write(to: path)
    }

    /// Gives frozen parameters that repeat a trained tensor a constant of their own: they would follow it.
    private func keepFrozen(in editor: inout ONNXEditor) throws(ONNXError) {
        let changed = Set(sources.filter { $0.identity == nil }.map(\.tensor.path))
        for source in frozenSources where changed.contains(source.tensor.path) {
            guard let node = source.identity else { continue }
            try editor.detach(node, from: source.tensor, with: try source.tensor.elements(as: Double.self))
        }
    }
}
