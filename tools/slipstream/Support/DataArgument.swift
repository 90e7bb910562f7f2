import ArgumentParser
import Slipstream

/// The text of a data set on the command line.
enum DataArgument {
    /// What `--help` says of it.
    static let help: ArgumentHelp =
        "Data set: digits, mnist:DIR, cifar10:DIR or npz:FILE; /train or /test may follow the name."

    /// Reads it.
    ///
    /// - Throws: a usage error that tells the valid forms.
    static func parse(_ text: String, option: String) throws -> DatasetSpecification {
        do { return try DatasetSpecification(text) } catch { throw ValidationError("\(option): \(error).") }
    }
}
