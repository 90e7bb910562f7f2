/// Data that cannot be had, or is not what it should be.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
    /// The folder is not there, or is no folder.
    case missingFolder(String)
    /// None of the names that a file may have is in the folder.
    case missingFile(folder: String, names: [String])
    /// The file holds no image or no label.
    case empty(file: String)
    /// The file begins with other bytes than its kind does.
    case wrongMagic(file: String, found: UInt32, expected: UInt32)
    /// The file ends too early; `found` is `nil` where it could be told without reading it all.
    case truncated(file: String, expected: Int, found: Int?)
    /// The file goes on after what its header announces.
    case trailingBytes(file: String, expected: Int)
    /// The file's header announces images of a size that cannot be.
    case impossibleSize(file: String, dimensions: [Int])
    /// There are not as many labels as images.
    case countMismatch(images: Int, imagesFile: String, labels: Int, labelsFile: String)
    /// A label is not among the classes.
    case labelOutOfRange(file: String, index: Int, label: Int64, classCount: Int)
    /// An array has another element type or number of dimensions than it must have.
    case wrongArray(file: String, array: String, found: String, expected: String)
    /// Some of the images that were asked for are not there.
    case missingRows(String, rows: String, count: Int)
    /// An image holds an infinite value or one that is not a number.
    case notFinite(file: String, index: Int)

    /// What was wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .missingFolder(let folder): "there is no folder '\(folder)'"
        case .missingFile(let folder, let names):
            "the folder '\(folder)' holds no file \(names.map { "'\($0)'" }.joined(separator: " or "))"
        case .empty(let file): "'\(file)' is empty: it holds nothing to train on"
        case .wrongMagic(let file, let found, let expected):
            "'\(file)' begins with 0x\(Self.hexadecimal(found)), not 0x\(Self.hexadecimal(expected)): it is another kind "
                + "of file"
        case .truncated(let file, let expected, let found):
            "'\(file)' is truncated: it should have \(expected) bytes"
                + (found.map { " and has \($0)" } ?? ", more than it can hold")
        case .trailingBytes(let file, let expected):
            "'\(file)' goes on after the \(expected) bytes that its header announces"
        case .impossibleSize(let file, let dimensions):
            "'\(file)' announces images of \(dimensions.map(String.init).joined(separator: " x ")), which cannot be"
        case .countMismatch(let images, let imagesFile, let labels, let labelsFile):
            "'\(imagesFile)' holds \(images) images, but '\(labelsFile)' \(labels) labels"
        case .labelOutOfRange(let file, let index, let label, let classCount):
            "'\(file)' is mislabelled: image \(index) has label \(label), but the classes are 0...\(classCount - 1)"
        case .wrongArray(let file, let array, let found, let expected):
            "the array '\(array)' in '\(file)' is \(found); it must be \(expected)"
        case .missingRows(let name, let rows, let count):
            "\(name) has \(count) images, and \(rows) asks for others: the range must end at \(count) or before"
        case .notFinite(let file, let index):
            "image \(index) of '\(file)' holds a value that is infinite or not a number"
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
