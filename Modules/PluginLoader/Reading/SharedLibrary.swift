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

    /// Looks at the file's headers: what is no library at all is told in plainer words than the system's, and one that is cut
    /// off would end the process when it is loaded.
    private static func checkFormat(_ path: String) throws(PluginRefusal) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notSharedLibrary }
        var header = Elf64_Ehdr()
        let size = MemoryLayout<Elf64_Ehdr>.stride
        let ident = withUnsafeMutableBytes(of: &header) { bytes -> [UInt8]? in
            pread(descriptor, bytes.baseAddress, size, 0) == size ? Array(bytes[..<5]) : nil
        }
        guard let ident, ident[..<4] == [0x7F, 0x45, 0x4C, 0x46],
            header.e_type == ET_DYN || header.e_type.byteSwapped == ET_DYN
        else { throw .notSharedLibrary }
        // Of another word size or byte order, the system says so itself.
        guard ident[4] == ELFCLASS64, header.e_type == ET_DYN else { return }
        for index in 0..<UInt64(header.e_phnum) {
            var part = Elf64_Phdr()
            let (offset, overflow) = header.e_phoff.addingReportingOverflow(index * UInt64(header.e_phentsize))
            let length = MemoryLayout<Elf64_Phdr>.stride
            guard !overflow, let place = off_t(exactly: offset), pread(descriptor, &part, length, place) == length
            else {
                throw .cutOff
            }
            let (end, overflows) = part.p_offset.addingReportingOverflow(part.p_filesz)
            guard part.p_type != PT_LOAD || (!overflows && end <= UInt64(max(status.st_size, 0))) else { throw .cutOff }
        }
    }
}
