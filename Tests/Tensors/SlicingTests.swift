import Tensors
import Testing

struct SlicingTests {
    private let cube: Tensor<Int32>

    init() throws { cube = try Tensor(shape: [2, 3, 4], elements: (0..<24).map { Int32($0) }) }

    @Test(
        arguments: [
            ([1..<2], [1, 3, 4], Array(12..<24)), ([nil, 1..<2], [2, 1, 4], [4, 5, 6, 7, 16, 17, 18, 19]),
            ([0..<2, 0..<2, 3..<4], [2, 2, 1], [3, 7, 15, 19]), ([], [2, 3, 4], Array(0..<24)),
            ([0..<2, 1..<1], [2, 0, 4], []), ([nil, nil, 0..<0], [2, 3, 0], []),
        ] as [([Range<Int>?], [Int], [Int])])
    func slicesTakeARangeOfEachAxis(_ ranges: [Range<Int>?], _ shape: [Int], _ expected: [Int]) throws {
        let slice = try cube.sliced(ranges)
        #expect(slice.shape == shape)
        #expect(slice.elements == expected.map { Int32($0) })
    }

    @Test(arguments: [[0..<3], [nil, -1..<2], [nil, nil, 4..<5], [nil, nil, nil, 0..<1]] as [[Range<Int>?]])
    func rangesThatLeaveTheTensorAreRefused(_ ranges: [Range<Int>?]) {
        #expect(throws: ShapeError.self) { try cube.sliced(ranges) }
    }

    @Test func rowsComeInTheOrderAskedFor() throws {
        let x = try Tensor<Float>(shape: [3, 2], elements: [0, 1, 10, 11, 20, 21])
        let rows = try x.rows(at: [2, 0, 2])
        #expect(rows.shape == [3, 2])
        #expect(rows.elements == [20, 21, 0, 1, 20, 21])
        #expect(try x.rows(at: []).shape == [0, 2])
        #expect(throws: ShapeError.self) { try x.rows(at: [3]) }
        #expect(throws: ShapeError.self) { try x.rows(at: [-1]) }
        #expect(throws: ShapeError.self) { try Tensor<Float>(shape: []).rows(at: [0]) }
    }

    @Test(arguments: [0, 1, 2, -1])
    func slicesJoinedAgainGiveTheTensorBack(_ axis: Int) throws {
        let index = axis < 0 ? axis + 3 : axis
        let cut: (Range<Int>) -> [Range<Int>?] = { range in [Range<Int>?](repeating: nil, count: index) + [range] }
        let parts = [
            try cube.sliced(cut(0..<1)), try cube.sliced(cut(1..<1)), try cube.sliced(cut(1..<cube.shape[index])),
        ]
        #expect(try Tensor.concatenated(parts, axis: axis) == cube)
    }

    @Test func shapesThatDoNotJoinAreRefused() throws {
        let other = try Tensor<Int32>(shape: [2, 3])
        #expect(throws: ShapeError.self) { try Tensor.concatenated([cube, other], axis: 0) }
        #expect(throws: ShapeError.self) { try Tensor.concatenated([cube, try cube.sliced([0..<1])], axis: 1) }
        #expect(throws: ShapeError.self) { try Tensor.concatenated([cube], axis: 3) }
        #expect(throws: ShapeError.self) { try Tensor<Int32>.concatenated([], axis: 0) }
        let scalar = try Tensor<Int32>(shape: [])
        #expect(throws: ShapeError.self) { try Tensor.concatenated([scalar], axis: 0) }
        #expect(throws: ShapeError.self) { try Tensor.concatenated([other, scalar], axis: 0) }
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [-1, 0, 1]])
    func transpositionMovesEveryElement(_ axes: [Int]) throws {
        let result = try cube.transposed(axes)
        let order = axes.map { $0 < 0 ? $0 + 3 : $0 }
        #expect(result.shape == order.map { cube.shape[$0] })
        var expected: [Int32] = []
        TensorView<Int32>.forEachIndex(of: result.shape) { index in
            var source = [0, 0, 0]
            for axis in 0..<3 { source[order[axis]] = index[axis] }
            expected.append(Int32(source[0] * 12 + source[1] * 4 + source[2]))
        }
        #expect(result.elements == expected)
    }

    @Test func transpositionReversesByDefaultAndNeedsEveryAxis() throws {
        #expect(try cube.transposed() == cube.transposed([2, 1, 0]))
        #expect(throws: ShapeError.self) { try cube.transposed([0, 1]) }
        #expect(throws: ShapeError.self) { try cube.transposed([0, 1, 1]) }
    }
}
