import Foundation
import Slipstream

/// A line on the terminal that is redrawn as an epoch goes on; nothing where nobody watches.
struct ProgressBar {
    private let isShown: Bool
    private var lastDrawn = 0.0

    /// A bar on standard error.
    init(isShown: Bool = Terminal.isInteractive) { self.isShown = isShown }

    /// Draws how far a run is, at most ten times a second.
    mutating func update(_ progress: TrainingEvents.Progress) {
        let now = ProcessInfo.processInfo.systemUptime
        guard isShown, now - lastDrawn >= 0.1 else { return }
        lastDrawn = now
        let details = [
            "loss \(Figures.loss(progress.loss))", "\(Self.clock(progress.secondsLeft)) left",
            "\(Figures.rounded(progress.imagesPerSecond)) images/s",
        ]
        let line = Self.line(
            "epoch \(progress.epoch)/\(progress.epochs)",
            done: Double(progress.step) / Double(max(progress.steps, 1)), details: details,
            columns: Terminal.errorColumns)
        Terminal.write("\r\(line)\u{1B}[K")
    }

    /// Wipes the bar, so that a line can be printed in its place.
    mutating func clear() {
        if isShown { Terminal.write("\r\u{1B}[K") }
        lastDrawn = 0
    }

    /// The bar as text that fits a terminal: where it is narrow, the last details go first, then the bar itself.
    ///
    /// Three columns stay free: for the ^C of a terminal that shows it, and because some wrap in the last one.
    private static func line(_ label: String, done: Double, details: [String], columns: Int) -> String {
        let room = columns - 3
        let percent = "\(Int(min(max(done, 0), 1) * 100)) %".leftPadded(5)
        for count in stride(from: details.count, through: 0, by: -1) {
            let tail = ([percent] + details.prefix(count)).joined(separator: "  ")
            let width = min(40, room - label.count - tail.count - 2)
            guard width >= 5 else { continue }
            let filled = Int(min(max(done, 0), 1) * Double(width))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            return "\(label) \(bar) \(tail)"
        }
        return String("\(label) \(percent)".prefix(max(room, 0)))
    }

    /// A duration as `1:02:03` or `2:03`.
    private static func clock(_ seconds: Double?) -> String {
        guard let seconds, seconds >= 0, seconds < 1e7 else { return "–:––" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, String(format: "%02d", whole % 60))
        return hours > 0 ? "\(hours):\(String(format: "%02d", minutes)):\(rest)" : "\(minutes):\(rest)"
    }
}
