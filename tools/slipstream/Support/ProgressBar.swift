import Foundation

/// A line on the terminal that is redrawn as an epoch goes on; nothing where nobody watches.
struct ProgressBar {
    private let isShown: Bool
    private var lastDrawn = 0.0

    /// A bar on standard error.
    init(isShown: Bool = Terminal.isInteractive) { self.isShown = isShown }

    /// Draws the bar, at most ten times a second.
    ///
    /// - Parameters:
    ///   - label: what is going on.
    ///   - done: how much of it is done, from 0 to 1.
    ///   - detail: figures to the right of the bar.
    mutating func update(_ label: String, done: Double, detail: String) {
        let now = ProcessInfo.processInfo.systemUptime
        guard isShown, now - lastDrawn >= 0.1 || done >= 1 else { return }
        lastDrawn = now
        Terminal.write("\r" + Self.line(label, done: done, detail: detail, columns: Terminal.columns) + "\u{1B}[K")
    }

    /// Wipes the bar, so that a line can be printed in its place.
    mutating func clear() {
        if isShown { Terminal.write("\r\u{1B}[K") }
        lastDrawn = 0
    }

    /// The bar as text, no wider than the terminal.
    static func line(_ label: String, done: Double, detail: String, columns: Int) -> String {
        let share = min(max(done.isFinite ? done : 0, 0), 1)
        let percent = "\(Int(share * 100)) %"
        let fixed = label.count + percent.count + detail.count + 7
        let width = min(40, columns - 1 - fixed)
        guard width >= 5 else { return String("\(label) \(percent) \(detail)".prefix(max(columns - 1, 0))) }
        let filled = Int(share * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(label) \(bar) \(percent)  \(detail)"
    }

    /// A duration as `1:02:03` or `2:03`.
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e7 else { return "–:––" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let tail = String(format: "%02d", rest)
        return hours > 0 ? "\(hours):\(String(format: "%02d", minutes)):\(tail)" : "\(minutes):\(tail)"
    }
}
