import Foundation
import Slipstream

/// What the kernels of a step take: by kernel, and by node.
struct KernelProfile: Encodable {
    /// The nodes of one kernel and result shape, together.
    struct Row: Encodable {
        let kernel: String
        let shape: [Int]
        let nodes: Int
        let seconds: Double
        let gflops: Double
    }

    /// The longest first.
    let rows: [Row]
    let seconds: Double

    init(_ times: [KernelTime]) {
        struct Key: Hashable {
            let kernel: String
            let shape: [Int]
        }
        rows = Dictionary(grouping: times) { Key(kernel: $0.kernel, shape: $0.shape) }.map { key, times in
            let seconds = times.reduce(0) { $0 + $1.seconds }
            let operations = 2 * times.reduce(0) { $0 + $1.multiplyAdds }
            return Row(
                kernel: key.kernel, shape: key.shape, nodes: times.count, seconds: seconds,
                gflops: seconds > 0 ? Double(operations) / seconds / 1e9 : 0)
        }.sorted { ($1.seconds, $0.kernel) < ($0.seconds, $1.kernel) }
        seconds = times.reduce(0) { $0 + $1.seconds }
    }

    /// A table for a person: the rows, then the sums by kernel.
    var text: String {
        let width = max(6, rows.map(\.kernel.count).max() ?? 0)
        let shapeWidth = max(6, rows.map { Self.text($0.shape).count }.max() ?? 0)
        var lines = [
            "kernel".padded(width) + "  nodes  " + "result".padded(shapeWidth) + "        ms      %   GFLOP/s"
        ]
        for row in rows {
            lines.append(
                row.kernel.padded(width) + "\(row.nodes)".leftPadded(7) + "  "
                    + Self.text(row.shape).padded(shapeWidth) + figures(row.seconds)
                    + (row.gflops > 0 ? String(format: "%10.1f", row.gflops) : ""))
        }
        lines.append("")
        let byKernel = Dictionary(grouping: rows, by: \.kernel).map { name, rows in
            (name: name, nodes: rows.reduce(0) { $0 + $1.nodes }, seconds: rows.reduce(0) { $0 + $1.seconds })
        }.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
        for sum in byKernel {
            lines.append(
                sum.name.padded(width) + "\(sum.nodes)".leftPadded(7) + "  " + "".padded(shapeWidth)
                    + figures(sum.seconds))
        }
        lines.append("all".padded(width) + "".padded(9 + shapeWidth) + figures(seconds))
        return lines.joined(separator: "\n")
    }

    private func figures(_ part: Double) -> String {
        String(format: "%10.3f%7.1f", 1e3 * part, seconds > 0 ? 100 * part / seconds : 0)
    }

    private static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }
}
