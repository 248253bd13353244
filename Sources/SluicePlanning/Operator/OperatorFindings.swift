/// The wording of what only the operator's configuration can get wrong.
enum OperatorFindings {
    static func unsupported(_ feature: String) -> Finding {
        Finding(
            "operator.unsupported", "\(feature) is known but not available in this version, and has no effect",
            severity: .warning)
    }

    static func secondLocal(_ name: String) -> Finding {
        Finding(
            "operator.bad-value", "executor `\(name)` cannot be of kind `local`: there is one, called `local`",
            hint: "`kind: slurm`, or describe this machine under `local`")
    }

    static func engineWord(_ key: String, _ text: String) -> Finding {
        Finding(
            "operator.bad-value", "`\(key)` cannot be `\(text)`", hint: "letters, digits, `_`, `.`, `-` and `,`")
    }

    static func window(_ text: String) -> Finding {
        Finding(
            "operator.bad-value", "`window` cannot be `\(text)`",
            hint: "`run` (every run for itself), `month` (the calendar's, UTC), or how long back, for example `7d`")
    }

    static func reservedAccount(_ name: String) -> Finding {
        Finding(
            "operator.bad-name", "an account cannot be called `\(name)`: the limits of a \(name) go by that name",
            hint: "choose another name")
    }

    static func secretName(_ name: String) -> Finding {
        Finding(
            "operator.bad-name", "`\(name)` cannot be the name of a secret",
            hint: "it is the name of a variable: letters, digits and `_`, for example DEPLOY_KEY")
    }

    static func secretSource(_ name: String, _ said: [String]) -> Finding {
        let what = said.isEmpty ? "does not say where it comes from" : "comes from \(said.count) places"
        return Finding(
            "operator.bad-value", "secret `\(name)` \(what)",
            hint: "exactly one of `file: PATH`, `env: NAME` and `command: [/absolute/program, …]`")
    }

    static func secretProgram(_ program: String) -> Finding {
        Finding(
            "operator.bad-value", "`\(program)` is no absolute path",
            hint: "the program of a secret's `command` is named by its absolute path")
    }

    static func secretForNobody(_ name: String) -> Finding {
        Finding(
            "operator.bad-value", "secret `\(name)` is granted to no plugin", hint: "plugins: [NAME or digest]",
            severity: .warning)
    }

    static func noRelativePath(_ path: String) -> Finding {
        Finding(
            "operator.bad-value", "`\(path)` is no relative path",
            hint: "names with `/` between them, without `.` and `..`")
    }

    static func relativePath(_ path: String) -> Finding {
        Finding("operator.bad-value", "`\(path)` is no absolute path", hint: "begin with `/`, without `.` and `..`")
    }
}
