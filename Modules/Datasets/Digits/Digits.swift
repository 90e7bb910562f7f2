import Buffers

extension DatasetKind {
    /// The optical digits of UCI, embedded: 1,797 grey images of 8 x 8 pixels with values 0 to 16.
    ///
    /// E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998,
    /// doi:10.24432/C50P49, licensed under Creative Commons Attribution 4.0. These are the 1,797 images that
    /// scikit-learn ships. 1,437 are for training, 360 for the test: the split that scikit-learn's `train_test_split`
    /// makes with `test_size=360`, `random_state=0`, stratified by class, in its order.
    public static let digits = DatasetKind(
        name: "digits", location: nil, summary: "embedded: 1,437 + 360 optical digits of 8x8, UCI"
    ) { _, split in
        let parts =
            switch split {
            case .train: [DigitsData.training1, DigitsData.training2, DigitsData.training3, DigitsData.training4]
            case .test: [DigitsData.test]
            }
        return try DigitsData.images(parts, name: "digits/\(split.rawValue)")
    }
}

/// The embedded digits: text of one image a line, a label and 64 letters, A for 0 to Q for 16.
enum DigitsData {
    fileprivate static func images(_ parts: [StaticString], name: String) throws -> ByteImages {
        var pixels: [UInt8] = []
        var labels: [Int32] = []
        for part in parts {
            part.withUTF8Buffer { text in
                for line in text.split(separator: UInt8(ascii: "\n")) {
                    labels.append(Int32(line.first ?? 0) - Int32(UInt8(ascii: "0")))
                    pixels.append(contentsOf: line.dropFirst().map { $0 &- UInt8(ascii: "A") })
                }
            }
        }
        return try ByteImages(
            name: name, imageShape: ImageShape(channels: 1, height: 8, width: 8), classCount: 10,
            pixels: AlignedBuffer(pixels), labels: labels,
            normalization: Normalization(maximum: 16, means: [0.3054], standardDeviations: [0.3761]))
    }
}
