import Buffers
import Convex
import Foundation

/// Problems of known shape.
enum Problems {
    /// Numbers in [-0.5, 0.5).
    static func vector(_ count: Int, _ random: inout Philox) -> [Double] {
        (0..<count).map { _ in random.uniform() - 0.5 }
    }

    /// ½ xᵀAx − bᵀx with eigenvalues spread evenly from 1 to `condition`, and its minimiser.
    static func quadratic(
        _ order: Int, condition: Double, seed: UInt64 = 1
    ) throws -> (objective: QuadraticObjective, minimiser: [Double]) {
        var random = Philox(seed: seed)
        let v = vector(order, &random)
        let square = v.reduce(0) { $0 + $1 * $1 }
        let (width, last) = (condition - 1, Double(max(order - 1, 1)))
        let eigenvalues = (0..<order).map { 1 + width * Double($0) / last }
        // H D H with the reflection H = I − 2vvᵀ/vᵀv.
        func h(_ i: Int, _ j: Int) -> Double { (i == j ? 1 : 0) - 2 * v[i] * v[j] / square }
        var matrix = [Double](repeating: 0, count: order * order)
        for i in 0..<order {
            for j in 0...i {
                let value = (0..<order).reduce(0) { $0 + h(i, $1) * eigenvalues[$1] * h($1, j) }
                matrix[i * order + j] = value
                matrix[j * order + i] = value
            }
        }
        let minimiser = vector(order, &random)
        let linear = (0..<order).map { i in (0..<order).reduce(0) { $0 + matrix[i * order + $1] * minimiser[$1] } }
        return (try QuadraticObjective(matrix: matrix, linear: linear, strongConvexity: 1), minimiser)
    }

    /// A linear model on made-up rows that a noisy plane separates.
    static func model(
        _ loss: Loss, rows: Int = 300, columns: Int = 20, conditionNumber: Double = 100, workers: Workers = .serial
    ) throws -> LinearModel {
        var random = Philox(seed: 7)
        let features = vector(rows * columns, &random)
        let plane = vector(columns, &random)
        let targets = (0..<rows).map { (row: Int) -> Double in
            let height: Double = (0..<columns).reduce(0) { $0 + features[row * columns + $1] * plane[$1] }
            let z = height + 0.3 * (random.uniform() - 0.5)
            return loss == .logistic ? (z < 0 ? -1.0 : 1) : z
        }
        return try LinearModel(
            FeatureMatrix(features, columns: columns), targets: targets, loss: loss, conditionNumber: conditionNumber,
            workers: workers)
    }

    /// The folder of the data that the project does not carry; nil where it is not there.
    static var data: String? {
        let environment = ProcessInfo.processInfo.environment["SLIPSTREAM_DATA"]
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../shared/data").standardizedFileURL.path
        let besideWorktrees = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../shared/data").standardizedFileURL.path
        return ([environment].compactMap { $0 } + [beside, besideWorktrees])
            .first { FileManager.default.fileExists(atPath: "\($0)/madelon/madelon_train.data") }
    }
}

/// The largest difference, relative to the largest element.
func scaledError(_ found: [Double], _ expected: [Double]) -> Double {
    let scale = expected.map(\.magnitude).max() ?? 1
    return (zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0) / scale
}
