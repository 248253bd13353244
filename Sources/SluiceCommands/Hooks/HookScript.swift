import SluiceReport

/// The text of an installed hook: a few lines of shell that hand over to the binary. No data of a push passes
/// through the shell.
enum HookScript {
    /// By this line a hook is known to be ours.
    static let marker = "# Installed by sluice."
    /// What was there before lies beside it under this ending.
    static let keptEnding = ".before-sluice"

    /// `home` is written into the hook, so that no environment of a pusher can name another state folder.
    static func text(hook: HookInstaller.Hook, executable: String, home: String) -> String {
        let program = ShellWord.quoted(executable)
        // Whether somebody enforces something is not known without the program.
        let statusWithoutProgram = hook == .preReceive ? 1 : 0
        return """
            #!/bin/sh
            \(marker) `sluice hook uninstall` restores what was here before.
            if [ ! -x \(program) ]; then
                echo 'sluice: the program of this hook is gone; install it again, or remove the hook' >&2
                exit \(statusWithoutProgram)
            fi
            exec \(program) hook \(hook.rawValue) --home \(ShellWord.quoted(home)) --hook "$0" -- "$@"

            """
    }
}
