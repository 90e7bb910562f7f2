import Foundation

/// A rectangle of random size, shape and place, stretched to the image's size by bilinear interpolation.
///
/// For images of ImageNet's kind, where what is shown may be near or far. C. Szegedy et al., *Going deeper with
/// convolutions*, CVPR 2015, section 6. The area is uniform, the logarithm of width over height too; a rectangle that
/// does not fit is drawn anew, ten times at most, and then the largest one in the middle whose shape is allowed is taken.
/// Departure from torchvision, whose draws these are: pixels that were interpolated are not rounded to bytes again.
public struct RandomResizedCrop: Augmentation {
    public static let name = "crop"
    public static let form = "crop[:LEAST-AREA]"
    public static let summary = "a random rectangle of 8 % of the area or more, stretched to the image's size"

    /// The least area as a share of the image's, above 0 and at most 1; 0.08 by default.
    public let leastArea: Double
    /// Width over height at the least, 3/4; the greatest is its inverse.
    static let leastRatio = 0.75

    /// - Parameter leastArea: the least area as a share of the image's, above 0 and at most 1.
    /// - Throws: ``AugmentationError/argument(_:form:allowed:)`` for another number.
    public init(leastArea: Double = 0.08) throws(AugmentationError) {
        guard leastArea > 0, leastArea <= 1 else {
            throw .argument("\(leastArea)", form: Self.form, allowed: Self.allowed)
        }
        self.leastArea = leastArea
    }

    public init(argument: String?) throws(AugmentationError) {
        guard let area = argument.map(Double.init) ?? 0.08 else {
            throw .argument(argument, form: Self.form, allowed: Self.allowed)
        }
        try self.init(leastArea: area)
    }

    private static let allowed = "a number above 0, at most 1"

    public var argument: String? { leastArea == 0.08 ? nil : "\(leastArea)" }

    public func apply(to window: inout ImageWindow, random: inout AugmentationRandom) {
        let (height, width) = (Double(window.height), Double(window.width))
        let logarithm = log(1 / Self.leastRatio)
        for _ in 0..<10 {
            let area = height * width * random.uniform(leastArea, 1)
            let ratio = exp(random.uniform(-logarithm, logarithm))
            let columns = Int((area * ratio).squareRoot().rounded())
            let rows = Int((area / ratio).squareRoot().rounded())
            guard 1...window.height ~= rows, 1...window.width ~= columns else { continue }
            let down = random.integer(in: 0...(window.height - rows))
            let right = random.integer(in: 0...(window.width - columns))
            return cut(&window, down: down, right: right, rows: rows, columns: columns)
        }
        let columns = min(window.width, Int((height / Self.leastRatio).rounded()))
        let rows = min(window.height, Int((width / Self.leastRatio).rounded()))
        cut(
            &window, down: (window.height - rows) / 2, right: (window.width - columns) / 2, rows: rows,
            columns: columns)
    }

    private func cut(_ window: inout ImageWindow, down: Int, right: Int, rows: Int, columns: Int) {
        window.top += down
        window.left += right
        (window.height, window.width) = (rows, columns)
    }
}
