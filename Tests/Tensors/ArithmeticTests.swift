import Buffers
import Tensors
import Testing

struct ArithmeticTests {
    /// Pairs of shapes that broadcast.
    static let pairs: [([Int], [Int])] = [
        ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3]), ([2, 3, 4], [3, 1]), ([], [2, 2]),
        ([2, 2], []),
        ([], []), ([4, 1, 3], [2, 1]), ([0, 3], [1, 3]), ([2, 0], [2, 1]), ([1], [5]),
    ]

    private func counted(_ shape: [Int], from start: Double) throws -> Tensor<Double> {
        try Tensor(shape: shape, elements: (0..<Shape.count(shape)).map { start + Double($0) })
    }

    /// The element of a tensor that belongs to an index of the broadcast shape, found without strides.
    private func element(_ tensor: Tensor<Double>, _ index: [Int]) -> Double {
        let own = index.suffix(tensor.shape.count)
        var position = 0
        for (i, size) in zip(own, tensor.shape) { position = position * size + (size == 1 ? 0 : i) }
        return tensor.elements[position]
    }

    @Test(arguments: pairs)
    func everyOperatorStretchesDimensionsOfOne(_ a: [Int], _ b: [Int]) throws {
        let (x, y) = (try counted(a, from: 2), try counted(b, from: 10))
        let shape = try #require(Shape.broadcast(a, b))
        let cases: [(Tensor<Double>, (Double, Double) -> Double)] = [
            (try x + y, { $0 + $1 }), (try x - y, { $0 - $1 }), (try x * y, { $0 * $1 }), (try x / y, { $0 / $1 }),
        ]
        for (result, operation) in cases {
            #expect(result.shape == shape)
            var expected: [Double] = []
            TensorView<Double>.forEachIndex(of: shape) { expected.append(operation(element(x, $0), element(y, $0))) }
            #expect(result.elements == expected)
        }
    }

    @Test func shapesThatDoNotBroadcastAreNamed() throws {
        let (a, b) = (try Tensor<Float>(shape: [2, 3]), try Tensor<Float>(shape: [2]))
        let error = try #require(failure(ShapeError.self) { try a * b })
        #expect(error.description.contains("2 x 3") && error.description.contains("multiply"))
    }

    @Test func scalarsStandOnEitherSide() throws {
        let x = try Tensor<Float>(shape: [2], elements: [2, 4])
        #expect(try (x + 1).elements == [3, 5])
        #expect(try (x - 1).elements == [1, 3])
        #expect(try (x * 3).elements == [6, 12])
        #expect(try (x / 4).elements == [0.5, 1])
        #expect(try (1 + x).elements == [3, 5])
        #expect(try (1 - x).elements == [-1, -3])
        #expect(try (3 * x).elements == [6, 12])
        #expect(try (4 / x).elements == [2, 1])
    }

    @Test func mapMayChangeTheElementType() throws {
        let x = try Tensor<UInt8>(shape: [2, 1], elements: [7, 255])
        let doubled = try x.map { Int64($0) * 2 }
        #expect(doubled.shape == [2, 1])
        #expect(doubled.elements == [14, 510])
    }

    @Test func aCopyDoesNotSeeWhatIsWrittenToTheOriginal() throws {
        var x = try Tensor<Float>(shape: [2], elements: [1, 2])
        let copy = x
        try x.withMutableElements { $0[0] = 9 }
        #expect(copy.elements == [1, 2])
        #expect(x.elements == [9, 2])
    }

    @Test(
        arguments: [
            (nil, [], [66.0]), ([0], [3, 2], [6, 8, 10, 12, 14, 16]), ([1], [2, 2], [6, 9, 24, 27]),
            ([-1], [2, 3], [1, 5, 9, 13, 17, 21]), ([0, 2], [3], [14, 22, 30]),
            ([], [2, 3, 2], (0..<12).map(Double.init)),
        ] as [([Int]?, [Int], [Double])])
    func sumsRunOverTheGivenAxes(_ axes: [Int]?, _ shape: [Int], _ expected: [Double]) throws {
        let x = try counted([2, 3, 2], from: 0)
        let sum = try x.sum(axes: axes)
        #expect(sum.shape == shape)
        #expect(sum.elements == expected)
        let kept = try x.mean(axes: axes, keepingDimensions: true)
        #expect(kept.shape.count == 3)
        let divisor = Double(x.count / expected.count)
        #expect(kept.elements == expected.map { $0 / divisor })
    }

    @Test func axesThatDoNotExistOrRepeatAreRefused() throws {
        let x = try Tensor<Float>(shape: [2, 3])
        for axes in [[2], [-3], [0, 0], [0, -2]] {
            #expect(throws: ShapeError.self) { try x.sum(axes: axes) }
        }
    }

    @Test func sumsOfManyFloatsDoNotDrift() throws {
        let x = try Tensor<Float>(shape: [1 << 20]).map { _ in Float(0.1) }
        let mean = try x.mean().elements[0]
        #expect(mean == 0.1)
    }

    @Test func theMeanOfNothingIsNotANumber() throws {
        #expect(try Tensor<Float>(shape: [0, 2]).mean(axes: [0]).elements.allSatisfy(\.isNaN))
        #expect(try Tensor<Float>(shape: [0, 2]).sum(axes: [0]).elements == [0, 0])
    }

    @Test func shapesWhoseStridesOverflowAreRefusedEvenWithoutElements() throws {
        #expect(Shape.checkedCount([0, 1 << 40, 1 << 40]) == nil)
        #expect(Shape.checkedCount([0, 1 << 20, 1 << 20]) == 0)
        #expect(throws: ShapeError.self) { try Tensor<Float>(shape: [0, Int.max, 2]) }
    }
}
