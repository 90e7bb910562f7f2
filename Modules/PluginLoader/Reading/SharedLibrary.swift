import CSlipstream
import Glibc

/// Shared libraries as the system loads them. One that was taken is never unloaded: its functions stay in use.
enum SharedLibrary {
    /// Loads a library and calls its entry.
    ///
    /// - Parameters:
    ///   - path: a path with a slash in it, so that the system searches nowhere else.
    ///   - use: what is done with the plugin; if it throws, the library is unloaded again.
    static func load<Result>(
        _ path: String, _ use: (UnsafePointer<slip_plugin>) throws(PluginRefusal) -> Result
    ) throws(PluginRefusal) -> Result {
        try checkFormat(path)
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .notLoadable(reason: dlerror().map { String(cString: $0) } ?? "no reason is given")
        }
        do throws(PluginRefusal) {
            guard let symbol = dlsym(handle, "slip_plugin_entry") else { throw .noEntry }
            typealias Entry = @convention(c) () -> UnsafePointer<slip_plugin>?
            guard let plugin = unsafeBitCast(symbol, to: Entry.self)() else { throw .entryReturnedNull }
            return try use(plugin)
        } catch {
            dlclose(handle)
            throw error
        }
    }

    /// Looks at the first bytes: what is no library at all is told in plainer words than the system's.
    private static func checkFormat(_ path: String) throws(PluginRefusal) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notSharedLibrary }
        // The magic number, and the type at byte 16: 3 is DYN, in either byte order.
        var header = [UInt8](repeating: 0, count: 18)
        guard read(descriptor, &header, header.count) == header.count, header[0..<4] == [0x7F, 0x45, 0x4C, 0x46],
            [header[16], header[17]].sorted() == [0, 3]
        else { throw .notSharedLibrary }
    }
}
