import Datasets
import Testing

struct DigitsTests {
    @Test func theSplitIsFixed() throws {
        let (train, test) = (try load("digits"), try load("digits/test"))
        #expect(train.count == 1437 && test.count == 360)
        #expect(train.name == "digits/train" && test.name == "digits/test")
        #expect(train.imageShape == ImageShape(channels: 1, height: 8, width: 8))
        #expect(train.classCount == 10 && test.classCount == 10)
        // The first labels in the order of scikit-learn's split.
        #expect(train.labels.prefix(10) == [3, 9, 1, 3, 1, 9, 4, 4, 2, 8])
        #expect(test.labels.prefix(10) == [7, 6, 3, 7, 7, 3, 2, 8, 9, 3])
    }

    @Test func everyClassIsInBothParts() throws {
        let counts = { (labels: [Int32]) in (0..<10).map { label in labels.count { $0 == label } } }
        #expect(try counts(load("digits/train").labels) == [142, 146, 142, 146, 145, 145, 145, 143, 139, 144])
        #expect(try counts(load("digits/test").labels) == [36, 36, 35, 37, 36, 37, 36, 36, 35, 36])
    }

    @Test func thePixelsAreThoseOfTheSource() throws {
        var sum = 0
        for split in ["train", "test"] {
            let images = try #require(try load("digits/\(split)") as? ByteImages)
            images.withPixels { pixels in
                #expect(pixels.allSatisfy { $0 <= 16 })
                sum += pixels.reduce(0) { $0 + Int($1) }
            }
        }
        #expect(sum == 561_718)
    }

    @Test func theStatedNormalizationIsThatOfTheTrainingImages() throws {
        let images = try #require(try load("digits/train") as? ByteImages)
        let measured = images.measuredNormalization()
        #expect(abs(measured.means[0] - images.normalization.means[0]) < 5e-5)
        #expect(abs(measured.standardDeviations[0] - images.normalization.standardDeviations[0]) < 5e-5)
        #expect(abs(measured.means[0] - 0.30538339) < 1e-8)
        let test = try #require(try load("digits/test") as? ByteImages)
        #expect(test.normalization == images.normalization)
    }

    @Test func normalizedImagesHaveMeanZeroAndVarianceOne() throws {
        let images = try load("digits/train")
        let values = images.values(Array(0..<images.count)).map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean) < 1e-3 && abs(variance - 1) < 1e-3)
    }
}
