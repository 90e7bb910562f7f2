/// Some consecutive images of another data set.
public struct DatasetSubset: Dataset {
    public let name: String
    public let labels: [Int32]
    private let whole: any Dataset
    private let first: Int

    /// - Parameters:
    ///   - whole: where the images are.
    ///   - rows: which of them.
    /// - Throws: ``DatasetError/missingRows(_:rows:count:)`` if some of them are not there.
    public init(_ whole: any Dataset, _ rows: DatasetRows) throws(DatasetError) {
        let end = rows.upperBound ?? whole.count
        guard rows.lowerBound < end, end <= whole.count else {
            throw .missingRows(whole.name, rows: rows.description, count: whole.count)
        }
        self.whole = whole
        first = rows.lowerBound
        name = whole.name + rows.description
        labels = Array(whole.labels[first..<end])
    }

    public var imageShape: ImageShape { whole.imageShape }
    public var classCount: Int { whole.classCount }
    public var count: Int { labels.count }
    public var background: [Float] { whole.background }

    public func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        shifted(indices) { whole.copyImages(at: $0, to: destination) }
    }

    public func copyImages(
        at indices: UnsafeBufferPointer<Int>, through windows: UnsafeBufferPointer<ImageWindow>,
        to destination: UnsafeMutablePointer<Float>
    ) {
        shifted(indices) { whole.copyImages(at: $0, through: windows, to: destination) }
    }

    /// The indices in the whole; a batch's fit the stack.
    private func shifted(_ indices: UnsafeBufferPointer<Int>, _ body: (UnsafeBufferPointer<Int>) -> Void) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: indices.count) { others in
            for (row, index) in indices.enumerated() {
                precondition(labels.indices.contains(index), "image \(index) of \(count)")
                others.initializeElement(at: row, to: first + index)
            }
            body(UnsafeBufferPointer(others))
        }
    }
}
