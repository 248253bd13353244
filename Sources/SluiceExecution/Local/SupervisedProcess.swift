import CSluiceProcess
import Glibc

/// What is started: an absolute path, its arguments with the zeroth, and the whole environment.
struct ProcessLaunch: Equatable {
    var path: String
    var arguments: [String]
    var environment: [String: String]
    var folder: String
    /// When this process dies: milliseconds until its SIGTERM and until SIGKILL.
    var orphanTerminate: Int64 = 0
    var orphanKill: Int64 = 10000
    /// Files of the control groups that it joins by writing itself into them.
    var groups: [String] = []
    /// Bytes that it may write into one file.
    var fileSize: Int64?
    /// Bytes of memory of its own that each of its processes may have.
    var dataSize: Int64?
    /// Processes that its user may have; no limit for root.
    var userProcesses: Int64?
    /// Whether it may gain privileges by executing what is setuid: the operator's own programs only.
    var mayGainPrivileges = false
    /// What it is started in.
    var wall: SandboxPrefix?
}

extension ProcessLaunch {
    /// With the sandbox, which tells on a descriptor what it did, before the program. It knows no other argv[0] than
    /// the program's path.
    fileprivate func walled(telling descriptor: Int32) -> ProcessLaunch {
        guard let wall else { return self }
        var launch = self
        launch.path = wall.program
        launch.arguments =
            [wall.program, "--json-status-fd", String(descriptor)] + wall.arguments + ["--", path]
            + arguments.dropFirst()
        // Its folder may be one that only the sandbox shows.
        launch.folder = "/"
        return launch
    }
}

/// A program under its own supervisor, and our ends of the pipes. One thread uses it.
final class SupervisedProcess {
    let pid: pid_t
    let input: Descriptor
    let output: Descriptor
    let errors: Descriptor
    /// Records of the supervisor; ends when it does.
    let status: Descriptor
    private let control: Descriptor
    /// What the sandbox says of itself, where there is one.
    private let sandbox: Descriptor?
    private var isReaped = false

    /// nil with errno when there are no descriptors or processes left.
    init?(_ launch: ProcessLaunch) {
        guard let stdin = Descriptor.pipe(), let stdout = Descriptor.pipe(), let stderr = Descriptor.pipe(),
            let control = Descriptor.pipe(), let status = Descriptor.pipe()
        else { return nil }
        let wall = launch.wall == nil ? nil : Descriptor.pipe()
        guard launch.wall == nil || wall != nil else { return nil }
        var program = sluice_program()
        program.standard_input = stdin.read.number
        program.standard_output = stdout.write.number
        program.standard_error = stderr.write.number
        program.control = control.read.number
        program.status = status.write.number
        program.orphan_terminate_ms = Int32(clamping: launch.orphanTerminate)
        program.orphan_kill_ms = Int32(clamping: launch.orphanKill)
        program.file_size = launch.fileSize ?? -1
        program.data_size = launch.dataSize ?? -1
        program.user_processes = launch.userProcesses ?? -1
        program.sandbox_status = wall?.write.number ?? -1
        program.may_gain_privileges = launch.mayGainPrivileges
        guard let pid = Self.start(launch.walled(telling: program.sandbox_status), program) else { return nil }
        for ours in [stdin.write, stdout.read, stderr.read, status.read] { ours.makeNonBlocking() }
        wall?.read.makeNonBlocking()
        self.pid = pid
        input = stdin.write
        output = stdout.read
        errors = stderr.read
        self.status = status.read
        self.control = control.write
        sandbox = wall?.read
    }

    var isWalled: Bool { sandbox != nil }

    /// Whether the program in the sandbox was started; asked for once, after the sandbox's end.
    func wasProgramStarted() -> Bool {
        guard let sandbox else { return true }
        var text: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 12, alignment: 1) { buffer in
            while case .count(let count) = sandbox.read(into: buffer) { text += buffer[..<count] }
        }
        return String(decoding: text, as: UTF8.self).contains("\"exit-code\"")
    }

    func terminate() { command(SLUICE_COMMAND_TERMINATE) }

    /// Kills the program and every descendant; the supervisor reports when none is left.
    func kill() { command(SLUICE_COMMAND_KILL) }

    /// For a supervisor that does not answer any more.
    func abandon() {
        // A pid that was waited for may be somebody else's by now.
        if !isReaped { Glibc.kill(pid, SIGKILL) }
    }

    /// Waits for the supervisor's end.
    func reap() {
        guard !isReaped else { return }
        isReaped = true
        Supervisors.ofThisProcess.reap(pid)
    }

    /// Closes all our ends: the supervisor takes it for the death of this process and stops the program.
    func letGo() {
        for end in [control, input, output, errors, status] { end.close() }
    }

    private func command(_ command: sluice_command) {
        var byte = UInt8(truncatingIfNeeded: command.rawValue)
        _ = sluice_write(control.number, &byte, 1)
    }

    private static func start(_ launch: ProcessLaunch, _ program: sluice_program) -> pid_t? {
        let variables = launch.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return withCStrings(launch.arguments) { arguments in
            withCStrings(variables) { environment in
                launch.path.withCString { path in
                    launch.folder.withCString { folder in
                        var program = program
                        program.path = path
                        program.folder = folder
                        program.argv = arguments
                        program.environment = environment
                        return withCStrings(launch.groups) { groups in
                            // C reads it only.
                            groups.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: launch.groups.count + 1)
                            {
                                program.groups = $0
                                return Supervisors.ofThisProcess.start(program)
                            }
                        }
                    }
                }
            }
        }
    }

    /// A null-terminated array of C strings that lives as long as the call.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the array holds its terminator") }
            return body(base)
        }
    }
}
