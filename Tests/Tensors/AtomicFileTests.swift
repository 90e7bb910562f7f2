import Foundation
import Tensors
import Testing

struct AtomicFileTests {
    private struct Interruption: Error {}

    private func content(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func aFileIsMadeOfItsPieces() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(to: folder.file("new")) { file in
            try file.write(Data("data ".utf8))
            try file.write(Array("array ".utf8))
            try Array("pointer".utf8).withUnsafeBytes { try file.write($0) }
            #expect(file.count == 18)
            #expect(folder.files == ["new.tmp-\(getpid())"])
        }
        #expect(try content(folder.file("new")) == "data array pointer")
        #expect(folder.files == ["new"])
    }

    @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("model", Data("old".utf8))
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: path) { file in
                try file.write(Data("half of the n".utf8))
                throw Interruption()
            }
        }
        #expect(try content(path) == "old")
        #expect(folder.files == ["model"])
        try AtomicFile.write(Data("new".utf8), to: path)
        #expect(try content(path) == "new")
    }

    @Test func permissionsAndLinksSurvive() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("real", Data("old".utf8))
        #expect(chmod(path, 0o640) == 0)
        #expect(symlink(path, folder.file("link")) == 0)
        try AtomicFile.write(Data("new".utf8), to: folder.file("link"))
        #expect(try content(path) == "new")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == path)
    }

    @Test func aLeftoverOfAKilledProcessIsNoObstacle() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("model.tmp-\(getpid())", Data("rubbish".utf8))
        try AtomicFile.write(Data("new".utf8), to: folder.file("model"))
        #expect(try content(folder.file("model")) == "new")
        #expect(folder.files == ["model"])
    }

    @Test func temporaryNamesTellWhatTheyWereFor() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(to: folder.file("a.tmp-1")) { _ in
            try AtomicFile.write(to: folder.file("a.tmp-1")) { _ in
                #expect(folder.files.count == 2)
                #expect(folder.files.allSatisfy { AtomicFile.target(ofTemporary: $0) == "a.tmp-1" })
            }
        }
        for name in [
            "a", "a.tmp", "a.tmp-", "a.tmp-x", "a.tmp-1x", "a.tmp-1-", "a.tmp-1-2-3", ".tmp-1", "a.tmp-+1", "",
        ] {
            #expect(AtomicFile.target(ofTemporary: name) == nil, "\(name)")
        }
    }

    @Test func twoWritersOfOneFileDoNotMix() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("shared")
        try AtomicFile.write(to: path) { outer in
            try outer.write(Data("outer".utf8))
            try AtomicFile.write(to: path) { try $0.write(Data("inner".utf8)) }
            #expect(try content(path) == "inner")
        }
        #expect(try content(path) == "outer")
        #expect(folder.files == ["shared"])
    }

    @Test func aHandleIsDeadAfterItsFile() throws {
        let folder = try TemporaryFolder()
        var kept: AtomicFile.Handle?
        try AtomicFile.write(to: folder.file("a")) { kept = $0 }
        #expect(failure(FileError.self) { try kept?.write(Data([1])) }?.code == EBADF)
    }

    @Test func aFullDeviceIsReportedWithPathAndReason() throws {
        let error = try #require(
            failure(FileError.self) { try AtomicFile.write(Data(count: 10), to: "/dev/full") })
        #expect(error.code == ENOSPC)
        #expect(error.description == "cannot write '/dev/full': No space left on device")
        try AtomicFile.write(Data(count: 10), to: "/dev/null")
    }

    @Test func aFileThatAppearsLaterReplacesNothingButRegularFiles() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(symlink(pipe, folder.file("link")) == 0)
        for path in [pipe, folder.file("link")] {
            let error = try #require(failure(FileError.self) { try PendingFile(path).commit() })
            #expect(error.code == EINVAL && error.path == path && error.description.contains("not a regular file"))
        }
        #expect(failure(FileError.self) { try PendingFile(folder.path) }?.code == EISDIR)
        var status = stat()
        #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        #expect(folder.files == ["link", "pipe"])
        try PendingFile(folder.file("new")).commit()
        #expect(try content(folder.file("new")).isEmpty)
    }

    @Test func missingFoldersAndFoldersThemselvesAreRefused() throws {
        let folder = try TemporaryFolder()
        let missing = try #require(
            failure(FileError.self) { try AtomicFile.write(Data(), to: folder.file("none/file")) })
        #expect(missing.code == ENOENT && missing.description.contains("there is no folder '\(folder.file("none"))'"))
        #expect(failure(FileError.self) { try AtomicFile.write(Data(), to: folder.path) }?.code == EISDIR)
    }

    /// `SLIPSTREAM_SMALL_DISK` names a folder on a file system of at most 16 MiB, such as one made by
    /// `mount -t tmpfs -o size=1m tmpfs DIR`.
    static let smallDisk = ProcessInfo.processInfo.environment["SLIPSTREAM_SMALL_DISK"]

    @Test(.enabled(if: smallDisk != nil, "SLIPSTREAM_SMALL_DISK names no small file system"))
    func aFullDiskLosesNothing() throws {
        let folder = try #require(Self.smallDisk)
        let path = folder + "/model"
        try AtomicFile.write(Data("old".utf8), to: path)
        let error = try #require(
            failure(FileError.self) {
                try AtomicFile.write(to: path) { file in
                    for _ in 0..<64 { try file.write(Data(count: 1 << 18)) }
                }
            })
        #expect(error.code == ENOSPC && error.path == path)
        #expect(error.description.contains("the file that was there is unchanged"))
        #expect(try content(path) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model"])
    }
}
