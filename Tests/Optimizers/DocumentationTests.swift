import Foundation
import Optimizers
import Testing

/// docs/algorithms: every rule has a page, and the pages' defaults and ranges are those of the code.
@Suite struct DocumentationTests {
    private static func page(_ name: String) throws -> String {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return try String(contentsOf: root.appendingPathComponent("docs/algorithms/\(name).md"), encoding: .utf8)
    }

    /// The rows of a table whose first cell is an option: its name, default and range.
    private static func options(_ page: String) -> [String: (standard: String, range: String)] {
        var found: [String: (String, String)] = [:]
        for line in page.split(separator: "\n") where line.hasPrefix("| `--") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            found[String(cells[1].dropFirst(3).dropLast())] = (cells[2], cells[3])
        }
        return found
    }

    @Test(arguments: OptimizerTable.builtIn.map { $0.name })
    func aRulesPageTellsItsSettings(_ name: String) throws {
        let rule = try OptimizerTable.find(name)
        let page = try Self.page(name)
        #expect(page.hasPrefix("# \(name): "))
        let options = Self.options(page)
        #expect(Set(options.keys) == Set(rule.settings.map(\.name)))
        for setting in rule.settings {
            guard let option = options[setting.name] else { continue }
            if setting.range == .flag {
                #expect(option.standard == (setting.standard == 0 ? "off" : "on"), "\(setting.name)")
                #expect(option.range == "a flag, without a value", "\(setting.name)")
            } else {
                #expect(Double(option.standard) == setting.standard, "\(setting.name)")
                #expect(option.range == setting.range.description, "\(setting.name)")
            }
        }
        for part in ["```sh", "--optimizer \(name)", "**Reference.**", "**Departures.**"] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test func theSchedulesPageTellsEveryForm() throws {
        let page = try Self.page("schedules")
        for form in ScheduleTable.forms { #expect(page.contains("| `\(form)` |"), "\(form)") }
    }

    @Test func theOtherPagesTellTheDefaultsOfTheCode() throws {
        let lanczos = Lanczos()
        let spectrum = Self.options(try Self.page("spectrum"))
        #expect(spectrum["steps"]?.standard == "\(lanczos.steps)")
        #expect(spectrum["tolerance"]?.standard == "\(lanczos.tolerance)")
        #expect(spectrum["seed"]?.standard == "\(lanczos.seed)")
        #expect(Self.options(try Self.page("clipping"))["clip-norm"]?.range == GradientClipping.norm.range.description)
        #expect(
            Self.options(try Self.page("pruning"))["sparsity"]?.range == MagnitudePruning.sparsity.range.description)
    }

    @Test func theIndexLinksEveryPage() throws {
        let index = try Self.page("README")
        for name in OptimizerTable.builtIn.map({ $0.name }) + ["schedules", "clipping", "pruning", "spectrum"] {
            #expect(index.contains("[\(name)](\(name).md)"), "\(name)")
        }
    }
}
