import SluiceModel
import SluicePlanning
import Testing

@Suite struct OperatorFileTests {
    private func parse(_ text: String) -> (configuration: OperatorConfiguration?, diagnostics: [Diagnostic]) {
        OperatorFile.parse(SourceText(path: "sluice.yaml", text: text))
    }

    @Test("the operator's configuration is read; what comes later is a warning")
    func everything() throws {
        let (configuration, diagnostics) = parse(
            """
            executors:
              local: { capacity: { cpus: 8, memory: 32GiB, gpus: 1, custom: { licence_x: 2 } }, price: 0.10, sandbox: auto }
              slurm: { kind: slurm }
            accounts: { team: { window: month } }
            trust: { branches: [main, "release/**"], tags: ["v*"] }
            groups: { leads: [mlops] }
            secrets: { KEY: { file: k } }
            inputs: { allow: [/datasets/] }
            plugins: [/srv/plugins]
            retention: { runs: 90d }
            path: /usr/bin:/bin
            max_runs_per_push: 5
            """)
        let expected = OperatorConfiguration(
            local: ResourceRequest(cpus: Amount(8), memory: 32 << 30, gpus: 1, custom: ["licence_x": 2]),
            localPrice: Amount(decimal: "0.1"),
            trust: .init(branches: [Glob("main"), Glob("release/**")], tags: [Glob("v*")]), plugins: ["/srv/plugins"],
            allowedInputs: ["/datasets"], searchPath: "/usr/bin:/bin", maxRunsPerPush: 5)
        #expect(configuration == expected)
        #expect(diagnostics.map(\.id) == Array(repeating: "operator.unsupported", count: 6))
        #expect(diagnostics.allSatisfy { $0.severity == .warning })
    }

    @Test("an empty file or one of comments says nothing")
    func empty() {
        for text in ["", "\n", "# later\n  # more\n"] {
            let (configuration, diagnostics) = parse(text)
            #expect(configuration == OperatorConfiguration())
            #expect(diagnostics == [])
        }
    }

    @Test("faults of the configuration are errors with their place")
    func faults() {
        let (configuration, diagnostics) = parse(
            "executors: { local: { capacity: { cpus: 8 } } }\nplugin: [x]\nplugins: [relative]\n"
                + "inputs: { allow: [/a/../b] }\nmax_runs_per_push: 0\ntrust: [main]\n")
        #expect(configuration == nil)
        #expect(
            diagnostics.map { "\($0.location.line) \($0.id)" } == [
                "1 operator.missing-key", "2 operator.unknown-key", "3 operator.bad-value", "4 operator.bad-value",
                "5 operator.bad-value", "6 operator.wrong-type",
            ])
    }

    @Test("the repository's configuration holds over the user's, and folders add up")
    func layers() {
        let user = OperatorConfiguration(
            local: ResourceRequest(cpus: Amount(4)), plugins: ["/a", "/b"], allowedInputs: ["/d"], searchPath: "/bin",
            maxRunsPerPush: 7)
        let repository = OperatorConfiguration(
            localPrice: Amount(1), trust: .init(branches: [], tags: []), plugins: ["/b", "/c"])
        let both = repository.layered(over: user)
        #expect(both.local == user.local)
        #expect(both.localPrice == Amount(1))
        #expect(both.trust == repository.trust)
        #expect(both.plugins == ["/b", "/c", "/a"])
        #expect(both.allowedInputs == ["/d"])
        #expect(both.searchPath == "/bin")
        #expect(both.maxRunsPerPush == 7)
    }
}
