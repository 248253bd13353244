import Foundation
import SluiceTesting
import Testing

/// What `--generate-completion-script` writes, tried by the shells that are here.
@Suite struct CompletionTests {
    private static func program(_ shell: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(shell)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private func script(_ shell: String, in scene: Scene) throws -> String {
        let made = try scene.sluice(["--generate-completion-script", shell])
        #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
        return made.output
    }

    @Test("there is one for bash, zsh and fish, and it knows every command", arguments: ["bash", "zsh", "fish"])
    func scripts(_ shell: String) throws {
        let scene = try Scene(withHook: false)
        let text = try script(shell, in: scene)
        for command in ["lint", "plan", "run", "explain", "resume", "plugin", "new", "export", "what-if", "swift"] {
            #expect(text.contains(command), "\(command)")
        }
        guard let program = Self.program(shell) else { return }
        try scene.write(["completion": text])
        let read = try ProgramRun.run([program, "-n", "completion"], environment: [:], folder: scene.clone)
        #expect(read.status == 0, "\(read.transcript)")
    }

    @Test("in bash it completes commands, their subcommands, options and values")
    func bash() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "completion": script("bash", in: scene),
            "try": """
            . ./completion
            complete -p sluice >/dev/null || exit 1
            try() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
                _sluice sluice "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[*]}"
            }
            try sluice ru
            try sluice runs res
            try sluice run --kee
            try sluice plugin new x --language ''
            """,
        ])
        let tried = try ProgramRun.run(
            ["bash", "--norc", "try"], environment: ["PATH": scene.environment["PATH"] ?? ""], folder: scene.clone)
        #expect(tried.output == "run runs\nresume\n--keep-going\npython swift shell\n", "\(tried.transcript)")
    }
}
