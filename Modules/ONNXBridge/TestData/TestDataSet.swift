import Glibc

/// Values stored beside a model: inputs, and what the model makes of them.
///
/// It is a folder with a file for each value, `input_0.pb`, `output_0.pb` and so on, each a ``TensorMessage``: the form of
/// ONNX's own tests and of published models.
public struct TestDataSet: Sendable {
    /// The folder's name.
    public let name: String
    /// The inputs, in the model's order.
    public let inputs: [TensorMessage]
    /// The outputs, in the model's order.
    public let outputs: [TensorMessage]

    /// The paths of the folders called `test_data_set_` and a number in a folder, in the numbers' order.
    public static func paths(in folder: String) -> [String] {
        let prefix = "test_data_set_"
        let numbers = entries(of: folder).compactMap { entry in
            entry.hasPrefix(prefix) ? Int(entry.dropFirst(prefix.count)) : nil
        }
        return numbers.sorted().map { "\(folder)/\(prefix)\($0)" }
    }

    /// Reads a data set.
    ///
    /// - Parameter path: its folder.
    /// - Throws: ``TestDataError`` that names the file.
    public init(path: String) throws(TestDataError) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        let entries = Set(Self.entries(of: path))
        func messages(_ kind: String) throws(TestDataError) -> [TensorMessage] {
            var messages: [TensorMessage] = []
            while entries.contains("\(kind)_\(messages.count).pb") {
                let file = "\(path)/\(kind)_\(messages.count).pb"
                do { messages.append(try TensorMessage(path: file)) } catch {
                    throw TestDataError(path: file, reason: "it holds no tensor that can be read: \(error)")
                }
            }
            return messages
        }
        inputs = try messages("input")
        outputs = try messages("output")
        guard !outputs.isEmpty else {
            throw TestDataError(path: path, reason: "it has no file output_0.pb to compare with")
        }
    }

    private static func entries(of folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}

/// Stored values that cannot be used.
public struct TestDataError: Error, Equatable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// Why.
    public let reason: String

    /// An error about a file or folder.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// What is wrong, and where.
    public var description: String { "\(path): \(reason)" }
}
