import Foundation
import Training

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A report as an XML parser sees it, for tests that look at what was drawn.
final class ReportPage: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        /// Elements, and text as elements without a name, in document order.
        var nodes: [Element] = []
        private let text: String

        init(_ name: String, _ attributes: [String: String], text: String = "") {
            self.name = name
            self.attributes = attributes
            self.text = text
        }

        var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }
        var children: [Element] { nodes.filter { !$0.name.isEmpty } }
        /// This element and everything in it, in document order.
        var all: [Element] { [self] + children.flatMap(\.all) }
        /// The text of this element and of everything in it.
        var content: String { text + nodes.map(\.content).joined() }

        func all(_ name: String, class wanted: String? = nil) -> [Element] {
            all.filter { $0.name == name && (wanted.map($0.classes.contains) ?? true) }
        }
        func number(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? .nan }
    }

    let html: String
    private(set) var root = Element("", [:])
    private var open: [Element] = []
    private(set) var failure: String?

    convenience init(_ report: HTMLReport) { self.init(report.html()) }

    init(_ html: String) {
        self.html = html
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        open = [root]
        if !parser.parse() { failure = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    convenience init(_ metrics: [EpochMetrics]) {
        self.init(
            HTMLReport(description: RunDescription(title: "run", settings: [], environment: []), metrics: metrics))
    }

    func chart(_ id: String) -> Element? {
        root.all("svg").first { $0.attributes["aria-labelledby"]?.hasPrefix("\(id)-title") == true }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        open.last?.nodes.append(element)
        open.append(element)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        open.last?.nodes.append(Element("", [:], text: string))
    }
}

extension ReportPage.Element {
    /// The points of a series' line in this chart, each with whether the line leads to it from the one before.
    func points(_ style: String) -> [(x: Double, y: Double, isConnected: Bool)] {
        let path = all("path", class: "line").first { $0.classes.contains(style) }?.attributes["d"] ?? ""
        let spaced = path.replacing("M", with: "|M ").replacing("L", with: "|L ")
        return spaced.split(separator: "|").map { part in
            let words = part.split(separator: " ")
            guard words.count == 3, let x = Double(words[1]), let y = Double(words[2]) else {
                return (.nan, .nan, false)
            }
            return (x, y, words[0] == "L")
        }
    }

    /// The vertical axis' labelled ticks, bottom first.
    var verticalTicks: [(value: Double, y: Double)] {
        all("text", class: "tick-y").map { tick in
            (Double(tick.content.replacingOccurrences(of: ",", with: "")) ?? .nan, tick.number("y"))
        }
    }
}
