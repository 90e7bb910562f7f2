import Foundation

/// A folder that holds the files of a data set.
struct Folder {
    let path: String

    /// - Throws: ``DatasetError`` if there is no such folder.
    init(_ path: String) throws(DatasetError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .missingFolder(path)
        }
        self.path = path
    }

    /// The first file there is among some names.
    ///
    /// - Throws: ``DatasetError``, which lists the names, if there is none.
    func file(_ names: [String]) throws(DatasetError) -> String {
        for name in names {
            let file = (path as NSString).appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: file) { return file }
        }
        throw .missingFile(folder: path, names: names)
    }
}
