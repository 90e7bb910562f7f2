import Accelerators
import Buffers
import Foundation
import Testing

/// Extrapolations against NumPy's evaluation of the formula; Golden/generate.py writes them.
@Suite struct RNAGoldenTests {
    struct Case: Decodable {
        let kind: String
        let seed: Int
        let window: Int
        let regularization: Double
        let relaxation: Double
        let precision: String
        let expected: [String]
    }

    @Test func extrapolatesAsTheFormulaDoes() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/rna.json")
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
        #expect(cases.count == 128)
        for item in cases {
            let expected = try item.expected.map { try #require(Double($0)) }
            let points = Sequences.make(item.kind, length: item.window + 4, seed: item.seed)
            let rna = try RNA(
                window: item.window, regularization: item.regularization, relaxation: item.relaxation)
            let error =
                item.precision == "f32"
                ? try Self.error(rna, points.map { $0.map { Float($0) } }, expected)
                : try Self.error(rna, points, expected)
            #expect(
                error < (item.precision == "f32" ? 1e-5 : 1e-10),
                "\(item.kind), N = \(item.window), \(item.precision)")
        }
    }

    /// The window has wrapped around by the last point.
    static func error<Element: Scalar>(_ rna: RNA, _ points: [[Element]], _ expected: [Double]) throws -> Double {
        let state = try history(rna, of: points)
        #expect(state.fill == rna.window)
        return scaledError(try state.extrapolated(), expected, points: points)
    }

    @Test func conditionNumberIsThatOfTheRegularisedSystem() throws {
        // Two residuals at right angles, of lengths 2 and 1: M has the eigenvalues 1 and 1/4.
        let state = try history(RNA(window: 2, regularization: 0.5), of: [[0.0, 0], [2, 0], [2, 1]])
        let solution = state.solve()
        #expect(abs(solution.conditionNumber - 1.5 / 0.75) < 1e-14)
        #expect(abs(solution.spectralNorm - 4) < 1e-14)
        // z = (1/1.5, 1/0.75)
        #expect(abs(solution.coefficients[0] - 1.0 / 3) < 1e-15)
        #expect(abs(solution.coefficients[1] - 2.0 / 3) < 1e-15)
    }
}
