import CSluiceProcess
import Glibc
import SluiceModel

/// A program in our place: our environment, folder and outputs, and given bytes on stdin.
package enum PassThroughProcess {
    /// Its exit status, 128 + signal where one ended it.
    package static func run(_ arguments: [String], input: [UInt8]) throws(PluginError) -> Int32 {
        // A file, not a pipe: a program that never reads must not block us.
        let source = sluice_memory_file("sluice-hook-input")
        guard source >= 0 else { throw PluginError(.notExecutable, "cannot hold a hook's input") }
        defer { close(source) }
        _ = input.withUnsafeBytes { write(source, $0.baseAddress, $0.count) }
        lseek(source, 0, SEEK_SET)
        let pid = try SpawnedProgram.start(
            arguments, environment: nil, folder: nil,
            descriptors: .init(input: source, output: STDOUT_FILENO, error: STDERR_FILENO), newSession: false)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
