import Graphs
import Tensors

/// `Pad`. Pads and number were attributes before opset 11 and are operands since.
enum PaddingBridge: OperatorBridge {
    static let opTypes = ["Pad"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let mode: Pad.Mode = try node.choice("mode", default: .constant)
        if node.opset >= 11 { return .operation(Pad(mode: mode), inputs: node.operands) }
        guard let pads = try node.integers("pads") else { throw OperandError("attribute 'pads' is missing") }
        let value = try node.number("value", default: 0)
        let operation = Pad(mode: mode, pads: pads)
        guard mode == .constant, value != 0, let x = try node.firstOperand(of: 1).first else {
            return .operation(operation, inputs: try node.firstOperand(of: 1))
        }
        let number = Constant.real(try Tensor(shape: [], elements: [Float(value)]))
        return .operations { builder in
            let fill = builder.constant(number)
            return [try builder.apply(operation, x, nil, fill)]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        guard let pad = operation as? Pad else { return nil }
        if pad.mode == .wrap { try node.require(19, for: "mode 'wrap'") }
        if pad.axes != nil || node.hasInput(3) { try node.require(18, for: "padding of some axes") }
        if let axes = pad.axes { node.setInput(3, .constant(.integers(axes))) }
        if let pads = pad.pads { node.setInput(1, .constant(.integers(pads))) }
        return NodeForm("Pad", [("mode", .text(pad.mode.rawValue))])
    }
}
