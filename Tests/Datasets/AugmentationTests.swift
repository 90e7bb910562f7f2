import Buffers
import Datasets
import Foundation
import Tensors
import Testing

/// Each augmentation by itself: what it draws, and how often.
@Suite struct AugmentationTests {
    private static let shape = ImageShape(channels: 3, height: 32, width: 32)

    private func windows(_ text: String, count: Int, shape: ImageShape = shape, seed: UInt64 = 3) throws
        -> [ImageWindow]
    {
        let augmentations = try Augmentations(text)
        return (0..<count).map { augmentations.window(of: $0, shape: shape, seed: seed, epoch: 0) }
    }

    /// The statistic whose mean is the number of classes less one where all are as likely as expected.
    private func chiSquare(_ counts: [Int], expected: [Double]) -> Double {
        zip(counts, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) / $1.1 }
    }

    // Limits below are those that a fair draw exceeds once in a million times; the seeds are fixed.

    @Test(arguments: [UInt64(0), 1, 2, .max]) func aFlipIsAFairCoin(_ seed: UInt64) throws {
        let count = 100_000
        let flips = try windows("flip", count: count, seed: seed).map { $0.isMirrored ? 1 : 0 }
        let ones = flips.reduce(0, +)
        #expect(chiSquare([count - ones, ones], expected: [50_000, 50_000]) < 23.9)
        // Neighbours in the data know nothing of each other: 00, 01, 10 and 11 are as frequent.
        var pairs = [0, 0, 0, 0]
        for first in stride(from: 0, to: count, by: 2) { pairs[2 * flips[first] + flips[first + 1]] += 1 }
        #expect(chiSquare(pairs, expected: [Double](repeating: 12_500, count: 4)) < 30.7)
    }

    @Test func theProbabilityOfAFlipCanBeSet() throws {
        #expect(try windows("flip:0", count: 1000).allSatisfy { !$0.isMirrored })
        #expect(try windows("flip:1", count: 1000).allSatisfy(\.isMirrored))
        let rare = try windows("flip:0.1", count: 100_000).filter(\.isMirrored).count
        #expect(chiSquare([100_000 - rare, rare], expected: [90_000, 10_000]) < 23.9)
    }

    @Test func everyTranslationIsAsLikely() throws {
        var counts = [Int](repeating: 0, count: 81)
        for window in try windows("translate:4", count: 81_000) {
            #expect(window.height == 32 && window.width == 32 && !window.isMirrored)
            counts[9 * (window.top + 4) + window.left + 4] += 1
        }
        // 80 degrees of freedom.
        #expect(chiSquare(counts, expected: [Double](repeating: 1000, count: 81)) < 150)
    }

    @Test func cropsHaveTheAreasAndShapesThatTheyShould() throws {
        let shape = ImageShape(channels: 1, height: 400, width: 400)
        var deciles = [Int](repeating: 0, count: 10)
        var isWide = 0
        let crops = try windows("crop:0.2", count: 20_000, shape: shape)
        for crop in crops {
            #expect(crop.top >= 0 && crop.left >= 0 && crop.top + crop.height <= 400 && crop.left + crop.width <= 400)
            let ratio = Double(crop.width) / Double(crop.height)
            #expect((0.74...1.35).contains(ratio))
            let area = Double(crop.height * crop.width) / 160_000
            #expect((0.198...1).contains(area))
            deciles[min(9, Int((area - 0.2) / 0.08))] += 1
            if ratio > 1 { isWide += 1 }
        }
        // Areas are uniform as long as every shape fits: up to 0.75.
        let expected = Double(deciles[0...5].reduce(0, +)) / 6
        #expect(chiSquare(Array(deciles[0...5]), expected: [Double](repeating: expected, count: 6)) < 35.9)
        #expect((9_300...10_700).contains(isWide))
        #expect(Set(crops).count > 19_000)
    }

    @Test func whereNoRectangleFitsTheLargestInTheMiddleIsTaken() throws {
        let wide = ImageShape(channels: 1, height: 30, width: 3000)
        #expect(
            try windows("crop:1", count: 100, shape: wide).allSatisfy {
                $0 == ImageWindow(top: 0, left: 1480, height: 30, width: 40)
            })
        let tall = ImageShape(channels: 1, height: 3000, width: 30)
        #expect(
            try windows("crop:1", count: 100, shape: tall).allSatisfy {
                $0 == ImageWindow(top: 1480, left: 0, height: 40, width: 30)
            })
    }

    @Test func drawsDependOnSeedEpochAndImageAlone() throws {
        let both = try Augmentations("flip,translate:4")
        func window(_ image: Int, seed: UInt64 = 1, epoch: Int = 2) -> ImageWindow {
            both.window(of: image, shape: Self.shape, seed: seed, epoch: epoch)
        }
        let first = (0..<50).map { window($0) }
        #expect((0..<50).reversed().map { window($0) } == first.reversed())
        #expect((0..<50).map { window($0, seed: 2) } != first)
        #expect((0..<50).map { window($0, epoch: 3) } != first)
        #expect((50..<100).map { window($0) } != first)
    }

    @Test func anAugmentationDrawsTheSameBesideOthersThatFollow() throws {
        let alone = try windows("flip", count: 200).map(\.isMirrored)
        #expect(try windows("flip,translate:4,crop", count: 200).map(\.isMirrored) == alone)
        // What mirrors and what moves have nothing to do with each other.
        let both = try windows("flip,translate:4", count: 40_000)
        var table = [Int](repeating: 0, count: 18)
        for window in both { table[(window.isMirrored ? 9 : 0) + window.left + 4] += 1 }
        #expect(chiSquare(table, expected: [Double](repeating: 40_000 / 18, count: 18)) < 61)
    }

    @Test(arguments: [
        ("none", "none"), ("flip", "flip"), ("flip:0.5", "flip"), ("flip:0.250", "flip:0.25"),
        ("translate:4", "translate:4"), ("translate:04", "translate:4"), ("crop", "crop"), ("crop:0.08", "crop"),
        ("crop:0.5,flip", "crop:0.5,flip"), ("flip,translate:4", "flip,translate:4"),
    ])
    func aTextHasOneForm(_ text: String, _ form: String) throws {
        #expect(try Augmentations(text).description == form)
        #expect(try Augmentations(form).description == form)
        #expect(try Augmentations(text).isEmpty == (form == "none"))
    }

    @Test(arguments: [
        ("flop", AugmentationError.unknownName("flop", suggestion: "flip")),
        ("translat:4", .unknownName("translat", suggestion: "translate")),
        ("Flip", .unknownName("Flip", suggestion: "flip")),
        ("", .unknownName("", suggestion: nil)), ("cutout", .unknownName("cutout", suggestion: nil)),
        ("flip,", .unknownName("", suggestion: nil)), ("flip,none", .unknownName("none", suggestion: nil)),
        ("flip,translate:4,flip", .repeated("flip")),
    ])
    func whatDoesNotExistIsRefused(_ text: String, _ error: AugmentationError) {
        #expect(throws: error) { try Augmentations(text) }
    }

    @Test(arguments: [
        "flip:", "flip:x", "flip:1.01", "flip:-0.1", "flip:nan", "translate", "translate:", "translate:0",
        "translate:-1",
        "translate:4.5", "translate:4097", "translate:99999999999999999999", "crop:", "crop:0", "crop:1.5", "crop:nan",
        "crop:a",
    ])
    func settingsThatCannotBeAreRefused(_ text: String) {
        let error = failure(AugmentationError.self) { try Augmentations(text) }
        guard case .argument(let found, let form, _) = error else {
            Issue.record("\(text): \(String(describing: error))")
            return
        }
        #expect(form.hasPrefix(text.split(separator: ":")[0]))
        #expect((found != nil) == text.contains(":"))
    }

    @Test func errorsSayWhatWouldBeRight() {
        let unknown = failure(AugmentationError.self) { try Augmentations("flop") }
        #expect(unknown?.description.contains("did you mean 'flip'?") == true)
        #expect(unknown?.description.contains("translate:PIXELS") == true)
        let missing = failure(AugmentationError.self) { try Augmentations("translate") }
        #expect(missing?.description == "write translate:PIXELS, with a whole number from 1 to 4096")
    }

    @Test func imagesThatAreTooSmallAreRefused() throws {
        let data = try numbered(10)
        #expect(throws: AugmentationError.tooSmall(image: data.imageShape, name: "translate:2", least: 3)) {
            try BatchLoader(data, batchSize: 2, augmentations: Augmentations("translate:2"))
        }
    }
}
