import CSluiceProcess
import Glibc
import SluiceModel

/// Starts a program without a supervisor: what hooks need beside attempts.
enum SpawnedProgram {
    /// Where the program's first three descriptors lead; everything else is closed.
    struct Descriptors {
        var input: Int32
        var output: Int32
        var error: Int32
    }

    /// Its pid. With `environment` nil the program inherits ours; with `newSession` it leaves our terminal and group.
    static func start(
        _ arguments: [String], environment: [String: String]?, folder: String?, descriptors: Descriptors,
        newSession: Bool
    ) throws(PluginError) -> pid_t {
        let variables = environment?.map { "\($0.key)=\($0.value)" }
        var pid = pid_t()
        let status = withCStrings(arguments) { argv in
            withCStrings(variables ?? []) { envp in
                withOptionalCString(folder) { folder in
                    var program = sluice_program()
                    program.path = argv.baseAddress?.pointee.map { UnsafePointer($0) }
                    program.argv = UnsafePointer(argv.baseAddress)
                    program.environment = variables == nil ? nil : UnsafePointer(envp.baseAddress)
                    program.folder = folder
                    program.standard_input = descriptors.input
                    program.standard_output = descriptors.output
                    program.standard_error = descriptors.error
                    return sluice_spawn(&program, newSession, &pid)
                }
            }
        }
        guard status == 0 else {
            let reason = String(cString: sluice_error_text(status))
            throw PluginError(.notExecutable, "cannot start \(arguments[0]): \(reason)")
        }
        return pid
    }

    /// As a C array that ends with nil.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0) }
    }

    private static func withOptionalCString<Result>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }
}
