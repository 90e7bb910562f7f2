import Buffers

/// What turns bytes into values of mean 0 and variance 1 in every channel: (byte / maximum − mean) / deviation.
///
/// Training and test images must go through the same one, so each of the known data sets has fixed figures, those of
/// its training images. For images of your own, measure the training ones: ``ByteImages/measuredNormalization()``.
public struct Normalization: Sendable, Hashable {
    /// The value that stands for full brightness: 255, or 16 for `digits`.
    public let maximum: Double
    /// The mean of each channel, after the division by `maximum`.
    public let means: [Double]
    /// The standard deviation of each channel, after the division by `maximum`; never 0.
    public let standardDeviations: [Double]

    /// - Parameters:
    ///   - maximum: the value that stands for full brightness.
    ///   - means: the mean of each channel, after the division by `maximum`.
    ///   - standardDeviations: as many; a channel with 0, all of whose values are equal, is only centred.
    public init(maximum: Double, means: [Double], standardDeviations: [Double]) {
        precondition(means.count == standardDeviations.count, "a mean and a deviation for each channel")
        self.maximum = maximum
        self.means = means
        self.standardDeviations = standardDeviations.map { $0 > 0 ? $0 : 1 }
    }

    /// The same as scale · byte + offset for each channel; computed in Float64, and rounded once after it.
    var scaling: [(scale: Double, offset: Double)] {
        zip(means, standardDeviations).map { mean, deviation in (1 / (maximum * deviation), -mean / deviation) }
    }
}

extension ByteImages {
    /// The mean and standard deviation of each channel over all images.
    ///
    /// Bytes are counted, and the 256 counts added up in Float64: the order of the images makes no difference.
    public func measuredNormalization() -> Normalization {
        let area = imageShape.height * imageShape.width
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: imageShape.channels)
        withPixels { pixels in
            for image in 0..<count {
                for channel in 0..<imageShape.channels {
                    let start = (image * imageShape.channels + channel) * area
                    for i in start..<start + area { counts[channel][Int(pixels[i])] += 1 }
                }
            }
        }
        let total = Double(count * area)
        let means = counts.map { counts in
            counts.enumerated().reduce(0.0) { $0 + Double($1.offset) * Double($1.element) } / total
        }
        let deviations = zip(counts, means).map { counts, mean in
            let squares = counts.enumerated().reduce(0.0) { sum, entry in
                sum + (Double(entry.offset) - mean) * (Double(entry.offset) - mean) * Double(entry.element)
            }
            return (squares / total).squareRoot()
        }
        return Normalization(
            maximum: normalization.maximum, means: means.map { $0 / normalization.maximum },
            standardDeviations: deviations.map { $0 / normalization.maximum })
    }
}
