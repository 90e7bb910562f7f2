import Buffers

extension ImportedModel {
    /// Writes the file with other weights: names, order, opset, metadata and every byte that is not a trained value stay.
    ///
    /// A file in training form becomes one in inference form, which is what runtimes take.
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
        for segment in layout.segments {
            guard let tensor = file.graph[initializer: segment.name] else { continue }
            try editor.replace(tensor, with: UnsafeBufferPointer(rebasing: parameters.elements[segment.range]))
        }
        try editor.convertToInferenceForm()
        try editor.write(to: path)
    }
}
