extension ImportedModel {
    /// What libonnx says of the file as it was read, if that is anything but approval: a fault that the import could live
    /// with, or that the installed libonnx is too old to judge, so that only the checks made here hold.
    ///
    /// - Returns: `nil` if libonnx finds the file valid, or if it was read from memory.
    public func checkerRemark() -> String? {
        guard let path = file.path else { return nil }
        // Its inference of shapes follows null pointers for some models; the import has inferred them all already.
        switch ONNXChecker.check(path: path, inferringShapes: false) {
        case .valid: return nil
        case .newer(let versions): return "libonnx \(ONNXChecker.release) cannot check the file: \(versions)"
        case .invalid(let reason), .unreadable(let reason), .failed(let reason):
            // libonnx adds where it was, on lines of their own.
            let lines = reason.split(whereSeparator: \.isNewline)
            return "libonnx finds fault with the file: \(lines.joined(separator: " "))"
        }
    }
}
