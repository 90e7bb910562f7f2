import Buffers

/// Changes to a model that keep its file: what is not changed stays as it is, byte for byte, in the same order.
///
/// ```swift
/// var editor = ONNXEditor(model)
/// try editor.replace(weight, with: trained)
/// try editor.convertToInferenceForm()
/// try editor.write(to: "trained.onnx")
/// ```
public struct ONNXEditor: Sendable {
    /// The model as it was read.
    public let model: ONNXModel
    var edit = WireEdit()
    /// New elements of tensors that lie in other files, by the way to their message.
    var external: [[WireKey]: [UInt8]] = [:]

    /// An editor without changes.
    public init(_ model: ONNXModel) { self.model = model }

    /// Gives a tensor new elements, in the tensor's own encoding; a second call takes the place of the first.
    ///
    /// - Parameters:
    ///   - tensor: a tensor of this model, of a floating-point type.
    ///   - values: as many numbers as it has elements. Narrower types get the nearest value, ties to even.
    /// - Throws: ``ONNXError`` `invalidEdit` for a foreign tensor or a wrong number of values, `unsupportedElements`
    ///   for a type that cannot be trained.
    public mutating func replace<Element: Scalar>(
        _ tensor: ONNXTensor, with values: UnsafeBufferPointer<Element>
    ) throws(ONNXError) {
        guard tensor.owner === model.owner else {
            throw .invalidEdit(reason: "tensor '\(tensor.name)' belongs to another model")
        }
        let elements = try Self.encode(values, like: tensor)
        guard !elements.isEmpty else { return }
        switch tensor.storage {
        case .missing(let fault): throw fault
        case .external: external[tensor.path] = elements
        case .raw:
            edit.set(tensor.path + [WireKey(WireNumber.Tensor.rawData)], to: .replace(elements))
        case .typed(let field):
            let rewrite = ElementRewrite(
                field: field, elements: elements, isVarint: field == WireNumber.Tensor.int32Data)
            edit.set(tensor.path, to: .rewrite { bytes, range throws(ONNXError) in try rewrite.rope(bytes, range) })
        }
    }

    /// Gives a tensor new elements, from an array.
    public mutating func replace<Element: Scalar>(_ tensor: ONNXTensor, with values: [Element]) throws(ONNXError) {
        var failure: ONNXError?
        values.withUnsafeBufferPointer { buffer in
            do throws(ONNXError) { try replace(tensor, with: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Gives an attribute that is a number or a list of numbers new values: `Constant` nodes can hold weights so.
    ///
    /// - Parameters:
    ///   - attribute: an attribute of this model; for one that is a tensor, replace that.
    ///   - values: one number, or as many as the list has.
    /// - Throws: ``ONNXError`` `invalidEdit` for a foreign attribute, another kind or a wrong number of values.
    public mutating func replace(_ attribute: ONNXAttribute, with values: [Float]) throws(ONNXError) {
        guard attribute.owner === model.owner else {
            throw .invalidEdit(reason: "attribute '\(attribute.name)' belongs to another model")
        }
        let (field, count): (Int, Int)
        switch attribute.value {
        case .float: (field, count) = (WireNumber.Attribute.float, 1)
        case .floats(let old): (field, count) = (WireNumber.Attribute.floats, old.count)
        default: throw .invalidEdit(reason: "attribute '\(attribute.name)' holds no numbers to replace")
        }
        guard values.count == count else {
            throw .invalidEdit(reason: "attribute '\(attribute.name)' has \(count) numbers, not \(values.count)")
        }
        guard let elements = values.withUnsafeBufferPointer({ ElementEncoding.encode($0, as: .float) }) else { return }
        let rewrite = ElementRewrite(field: field, elements: elements, isVarint: false)
        edit.set(attribute.path, to: .rewrite { bytes, range throws(ONNXError) in try rewrite.rope(bytes, range) })
    }

    /// Numbers in a tensor's element type.
    static func encode<Element: Scalar>(
        _ values: UnsafeBufferPointer<Element>, like tensor: ONNXTensor
    ) throws(ONNXError) -> [UInt8] {
        guard values.count == tensor.count else {
            throw .invalidEdit(reason: "tensor '\(tensor.name)' has \(tensor.count) elements, not \(values.count)")
        }
        guard let elements = ElementEncoding.encode(values, as: tensor.dataType) else {
            throw .unsupportedElements(
                tensor: tensor.name, type: tensor.dataType.description, wanted: "floating point")
        }
        return elements
    }

    /// The changed model's bytes; without changes, those that it was read from.
    ///
    /// - Throws: ``ONNXError`` `invalidEdit` if elements in an external file have changed: only ``write(to:)`` can
    ///   write those.
    public func serialized() throws(ONNXError) -> [UInt8] {
        guard external.isEmpty else {
            throw .invalidEdit(reason: "tensors in external files have changed, so it must be written to a path")
        }
        let original = UnsafeRawBufferPointer(model.bytes.elements)
        return try edit.applied(to: original, in: 0..<original.count).joined(of: original)
    }
}
