import ArgumentParser
import Slipstream

/// The text of a data set on the command line.
enum DataArgument {
    /// What `--help` says of it.
    static let help = ArgumentHelp(
        "Data set: \(DatasetKind.all.map(\.form).listed); /train or /test may follow the name, and then "
            + "[FIRST:END] for some of its images, as mnist/train[:5000]:DIR.",
        valueName: "data")

    /// Reads it.
    ///
    /// - Throws: a usage error that tells the valid forms.
    static func parse(_ text: String, option: String) throws -> DatasetSpecification {
        do { return try DatasetSpecification(text) } catch { throw ValidationError("\(option): \(error)") }
    }
}

extension DatasetSpecification {
    /// The same data with a split, where none was asked for.
    func defaulting(to split: DatasetSplit) -> DatasetSpecification {
        var other = self
        other.split = self.split ?? split
        return other
    }
}
