/// One field among its message's fields: its number, and how many of the same number come before it.
struct WireKey: Sendable, Hashable {
    let field: Int
    let occurrence: Int

    init(_ field: Int, _ occurrence: Int = 0) {
        self.field = field
        self.occurrence = occurrence
    }
}

/// What becomes of a field.
enum WireChange: Sendable {
    /// It is left out.
    case remove
    /// A length-delimited field gets another payload.
    case replace([UInt8])
    /// The message in it is edited.
    case edit(WireEdit)
    /// The message in it, which lies at a range of the original bytes, is rewritten by a function.
    case rewrite(@Sendable (UnsafeRawBufferPointer, Range<Int>) throws(ONNXError) -> WireRope)
}

/// Changes to some fields of a serialised message; every other byte stays, those of unknown fields included.
///
/// Only the lengths of the enclosing messages follow, and one that does not change keeps its very encoding.
struct WireEdit: Sendable {
    private var changes: [WireKey: WireChange] = [:]

    /// Sets what becomes of the field at the end of a path from this message.
    mutating func set(_ path: some Collection<WireKey>, to change: WireChange) {
        guard let key = path.first else { return }
        if path.count == 1 {
            changes[key] = change
            return
        }
        var inner = WireEdit()
        // Taken out rather than read, so that the nested dictionaries are changed in place and not copied.
        switch changes.removeValue(forKey: key) {
        case .edit(let existing): inner = existing
        case .none: break
        case .some(let whole):
            // What is removed or replaced as a whole has no parts left to change.
            changes[key] = whole
            return
        }
        inner.set(path.dropFirst(), to: change)
        changes[key] = .edit(inner)
    }

    /// The edited form of the message that lies at `range`.
    ///
    /// - Throws: `invalidEdit` if a field to be changed is not there.
    func applied(to bytes: UnsafeRawBufferPointer, in range: Range<Int>) throws(ONNXError) -> WireRope {
        var rope = WireRope()
        guard !changes.isEmpty else {
            rope.append(original: range)
            return rope
        }
        var occurrences: [Int: Int] = [:]
        var applied = 0
        var cursor = WireCursor(bytes, in: range)
        while let field = try Self.next(&cursor) {
            let key = WireKey(field.number, occurrences[field.number, default: 0])
            occurrences[field.number] = key.occurrence + 1
            guard let change = changes[key] else {
                rope.append(original: field.range)
                continue
            }
            applied += 1
            var payload = WireRope()
            switch change {
            case .remove: continue
            case .replace(let new): payload.append(new: new)
            case .edit(let edit): payload = try edit.applied(to: bytes, in: field.payload)
            case .rewrite(let function): payload = try function(bytes, field.payload)
            }
            guard field.type == .lengthDelimited else {
                throw .invalidEdit(reason: "field \(field.number) has no payload to exchange")
            }
            Self.append(payload, as: field, to: &rope)
        }
        guard applied == changes.count else {
            throw .invalidEdit(reason: "a field to be changed is not in the file")
        }
        return rope
    }

    /// Appends a length-delimited field with the original's tag and another payload.
    static func append(_ payload: WireRope, as field: WireField, to rope: inout WireRope) {
        if payload.count == field.payload.count {
            rope.append(original: field.start..<field.payload.lowerBound)
        } else {
            rope.append(original: field.start..<field.tagEnd)
            rope.append(new: WireWriter.varint(UInt64(payload.count)))
        }
        rope.append(payload)
    }

    /// The next field of a message that has passed ``WireCheck``.
    static func next(_ cursor: inout WireCursor) throws(ONNXError) -> WireField? {
        do { return try cursor.next() } catch {
            throw .malformed(field: "a message", offset: error.offset, reason: error.reason)
        }
    }
}
