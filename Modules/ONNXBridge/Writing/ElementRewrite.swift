/// Puts new elements where a message has its old ones, in the encoding that it uses: packed or not, in as many pieces.
struct ElementRewrite: Sendable {
    /// The field that holds the elements.
    let field: Int
    /// All elements, little-endian, without gaps.
    let elements: [UInt8]
    /// Whether every element is written as an integer of variable length; then it has 16 bits.
    let isVarint: Bool

    /// The rewritten form of the message at `range`.
    ///
    /// - Throws: `invalidEdit` if the message holds another number of elements.
    func rope(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        var next = 0
        var cursor = WireCursor(bytes, in: range)
        while let part = try WireEdit.next(&cursor) {
            guard part.number == field else {
                rope.append(original: part.range)
                continue
            }
            guard isVarint else {
                let count = part.payload.count
                guard count <= elements.count - next else { throw fault }
                rope.append(original: part.start..<part.payload.lowerBound)
                rope.append(new: Array(elements[next..<next + count]))
                next += count
                continue
            }
            let count = part.type == .varint ? 1 : Self.varints(bytes, part.payload)
            guard 2 * count <= elements.count - next else { throw fault }
            var encoded: [UInt8] = []
            for index in stride(from: next, to: next + 2 * count, by: 2) {
                encoded += WireWriter.varint(UInt64(elements[index]) | UInt64(elements[index + 1]) << 8)
            }
            next += 2 * count
            if part.type == .varint {
                rope.append(original: part.start..<part.tagEnd)
                rope.append(new: encoded)
            } else {
                var payload = WireRope()
                payload.append(new: encoded)
                WireEdit.append(payload, as: part, to: &rope)
            }
        }
        guard next == elements.count else { throw fault }
        return rope
    }

    private var fault: ONNXError { .invalidEdit(reason: "the number of elements in the file differs from the shape's") }

    /// How many integers a packed field holds: each ends with a byte below 128.
    private static func varints(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        bytes[range].reduce(0) { $0 + ($1 < 0x80 ? 1 : 0) }
    }
}
