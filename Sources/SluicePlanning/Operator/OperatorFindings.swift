/// The wording of what only the operator's configuration can get wrong.
enum OperatorFindings {
    static func unsupported(_ feature: String) -> Finding {
        Finding(
            "operator.unsupported", "\(feature) is known but not available in this version, and has no effect",
            severity: .warning)
    }

    static func relativePath(_ path: String) -> Finding {
        Finding("operator.bad-value", "`\(path)` is no absolute path", hint: "begin with `/`, without `.` and `..`")
    }
}
