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
              slurm: { kind: slurm, partition: gpu, account: lab, shared_root: /shared/sluice/, price: 2, patience: 5m,
                allocation: { cpus: 8, memory: 16GiB, time: 2h } }
            accounts:
              team: { window: month, limits: { cost: 1500, egress: 200GiB } }
              exp: { match: { branch: "exp/**", pipeline: [train, tune] }, window: 7d, limits: { wall: 10h, gpu_hours: 40.5 } }
            trust: { branches: [main, "release/**"], tags: ["v*"] }
            groups: { leads: [mlops] }
            secrets: { KEY: { file: k, plugins: [deploy-local, "tree:0a"], version: 3 }, TOKEN: { env: T, plugins: [x] } }
            python: { allow_source: true }
            inputs: { allow: [/datasets/] }
            plugins: [/srv/plugins]
            retention: { runs: 90d }
            path: /usr/bin:/bin
            max_runs_per_push: 5
            """)
        let expected = OperatorConfiguration(
            local: ResourceRequest(cpus: Amount(8), memory: 32 << 30, gpus: 1, custom: ["licence_x": 2]),
            localPrice: Amount(decimal: "0.1"),
            executors: [
                ExecutorTerms(
                    name: "slurm", price: Amount(2),
                    engine: .slurm(
                        SlurmTerms(
                            partition: "gpu", account: "lab", sharedRoot: "/shared/sluice", patience: .seconds(300),
                            allocation: AllocationTerms(
                                cpus: 8, memory: 16 << 30, time: .seconds(7200), idle: .seconds(30)))))
            ],
            sandbox: .auto,
            secrets: [
                "KEY": SecretRule(source: .file("./k"), plugins: ["deploy-local"], digests: ["tree:0a"], version: "3"),
                "TOKEN": SecretRule(source: .environment("T"), plugins: ["x"]),
            ],
            allowsSourcePackages: true,
            trust: .init(branches: [Glob("main"), Glob("release/**")], tags: [Glob("v*")]), plugins: ["/srv/plugins"],
            allowedInputs: ["/datasets"], searchPath: "/usr/bin:/bin", maxRunsPerPush: 5,
            accounts: [
                AccountRule(
                    account: Account(
                        name: "exp", window: .rolling(milliseconds: 604_800_000),
                        limits: [
                            .init(resource: .gpuHours, amount: Amount(billionths: 40_500_000_000)),
                            .init(resource: .wall, amount: Amount(36_000)),
                        ]), branches: [Glob("exp/**")], pipelines: [Glob("train"), Glob("tune")]),
                AccountRule(
                    account: Account(
                        name: "team", window: .month,
                        limits: [
                            .init(resource: .cost, amount: Amount(1500)),
                            .init(resource: .egress, amount: Amount(200 << 30)),
                        ])),
            ])
        #expect(configuration == expected)
        #expect(diagnostics.map(\.id) == Array(repeating: "operator.unsupported", count: 2))
        #expect(diagnostics.allSatisfy { $0.severity == .warning })
    }

    @Test("an executor needs a kind and a shared folder; words that would be options of a program are refused")
    func executors() {
        func ids(_ text: String) -> [String] { parse("executors: { \(text) }").diagnostics.map(\.id) }
        #expect(ids("c: { kind: slurm, shared_root: /s }") == [])
        #expect(ids("c: { partition: x }") == ["operator.missing-key"])
        #expect(ids("c: { kind: slurm }") == ["operator.missing-key"])
        #expect(ids("c: { kind: local }") == ["operator.bad-value"])
        #expect(ids("c: { kind: slurm, shared_root: s }") == ["operator.bad-value"])
        #expect(ids("c: { kind: slurm, shared_root: /s, account: '--wrap=x' }") == ["operator.bad-value"])
        #expect(ids("c: { kind: slurm, shared_root: /s, qos: 'a b' }") == ["operator.bad-value"])
        let whole = "{ cpus: 1, memory: 1GiB, gpus: 1, time: 1h, idle: 5s }"
        #expect(ids("c: { kind: slurm, shared_root: /s, allocation: \(whole) }") == [])
        let bare = ids("c: { kind: slurm, shared_root: /s, allocation: { gpus: 1 } }")
        #expect(bare == Array(repeating: "operator.missing-key", count: 3))
        #expect(ids("c: { kind: kubernetes }") == ["operator.missing-key"])
        #expect(ids("c: { kind: kubernetes, image: i }") == [], "files are carried")
        #expect(ids("c: { kind: kubernetes, image: i, claim: d }") == ["operator.missing-key"])
        #expect(ids("c: { kind: kubernetes, image: i, shared_root: /s }") == ["operator.missing-key"])
        let missing = Array(repeating: "operator.missing-key", count: 2)
        #expect(ids("c: { kind: kubernetes, image: i, sub_path: p }") == missing)
        #expect(ids("c: { kind: kubernetes, shared_root: /s, image: i, claim: d, gpu: amd.com/gpu }") == [])
        #expect(
            ids("c: { kind: kubernetes, shared_root: /s, image: i, claim: d, partition: x }") == [
                "operator.unknown-key"
            ])
        for path in ["/team", "../team", "team//sluice", "team/", "./team"] {
            let text = "c: { kind: kubernetes, shared_root: /s, image: i, claim: d, sub_path: \(path) }"
            #expect(ids(text) == ["operator.bad-value"], "\(path)")
        }
        #expect(ids("c: { kind: kubernetes, shared_root: /s, image: i, claim: d, sub_path: team/sluice }") == [])
    }

    @Test("an executor of the repository's file goes over the user's of the same name")
    func layeredExecutors() throws {
        func read(_ text: String) throws -> OperatorConfiguration {
            try #require(parse("executors: { \(text) }").configuration)
        }
        let user = try read("a: { kind: slurm, shared_root: /user }, b: { kind: slurm, shared_root: /user }")
        let layered = try read("b: { kind: slurm, shared_root: /own, price: 3 }").layered(over: user)
        #expect(layered.executors.map(\.name) == ["a", "b"])
        #expect(layered.executors.map(\.sharedRoot) == ["/user", "/own"])
        #expect(layered.price(of: "b") == Amount(3) && layered.price(of: "a") == nil)
    }

    @Test("how grants are enforced is the operator's to say; what the repository's file says goes over the user's")
    func enforcement() throws {
        func choice(_ text: String) throws -> OperatorConfiguration {
            try #require(parse("executors: { local: { \(text) } }").configuration)
        }
        let sampler = try choice("enforcement: sampler")
        let silent = try choice("price: 1")
        #expect(sampler.enforcement == .sampler && silent.enforcement == nil)
        #expect(silent.layered(over: sampler).enforcement == .sampler)
        #expect(try choice("enforcement: auto").layered(over: sampler).enforcement == .auto)
        #expect(parse("executors: { local: { enforcement: none } }").configuration == nil)
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

    @Test("what is wrong with accounts is said with the nearest name, all at once")
    func faultyAccounts() {
        let (configuration, diagnostics) = parse(
            """
            accounts:
              Team: { window: month, limits: { cost: 1 } }
              run: { window: month, limits: { cost: 1 } }
              a: { windw: month, limits: { cost: 1 } }
              b: { window: week, limits: { gpu_hour: 1 } }
              c: { window: 0s, limits: { cost: -1, wall: 5 } }
              d: { window: 7d, match: { branches: main } }
              E: { window: week, match: { branches: main }, limits: {} }
            """)
        #expect(configuration == nil)
        #expect(
            diagnostics.map { "\($0.location.line) \($0.id) \($0.hint ?? "")" } == [
                "2 operator.bad-name names begin with a small letter and hold small letters, digits, `_` and `-`, for "
                    + "example `team`",
                "3 operator.bad-name choose another name",
                "4 operator.missing-key for example `window: month`",
                "4 operator.unknown-key did you mean `window`?",
                "5 operator.bad-value `run` (every run for itself), `month` (the calendar's, UTC), or how long back, for "
                    + "example `7d`",
                "5 operator.unknown-key did you mean `gpu_hours`?",
                "6 operator.bad-value `run` (every run for itself), `month` (the calendar's, UTC), or how long back, for "
                    + "example `7d`",
                "6 operator.bad-value amounts are decimals from 0 with at most nine digits behind the point",
                "6 operator.bad-unit for example `5s`; units look like `90s`, `1h30m`, `500ms`, `2d`",
                "7 operator.missing-key for example `limits: { cost: 100 }`",
                "7 operator.unknown-key did you mean `branch`?",
                "8 operator.bad-name names begin with a small letter and hold small letters, digits, `_` and `-`, for "
                    + "example `e`",
                "8 operator.bad-value `run` (every run for itself), `month` (the calendar's, UTC), or how long back, for "
                    + "example `7d`",
                "8 operator.unknown-key did you mean `branch`?",
            ])
    }

    @Test("an account of the repository stands for the user's of the same name")
    func layeredAccounts() throws {
        let user = try #require(
            parse("accounts: { a: { window: run, limits: { cost: 1 } }, b: { window: run, limits: { cost: 1 } } }")
                .configuration)
        let own = try #require(
            parse("accounts: { b: { window: month, limits: { cost: 2 } }, c: { window: run, limits: { cost: 3 } } }")
                .configuration)
        let names = own.layered(over: user).accounts.map { "\($0.account.name) \($0.account.window)" }
        #expect(names == ["a run", "b month", "c run"])
    }

    @Test("a limit of the repository's file holds also where it is the usual one")
    func usualLimit() throws {
        func read(_ text: String) throws -> OperatorConfiguration { try #require(parse(text).configuration) }
        let (own, silent, user) = try (
            read("max_runs_per_push: 20"), read("path: /bin"), read("max_runs_per_push: 5")
        )
        #expect(own.layered(over: user).mostRunsPerPush == 20)
        #expect(silent.layered(over: user).mostRunsPerPush == 5)
        #expect(silent.mostRunsPerPush == 20)
    }

    @Test("an account is for what all its patterns hold; one without patterns is for everything")
    func matching() throws {
        let rules = try #require(
            parse(
                """
                accounts:
                  all: { window: run, limits: { cost: 1 } }
                  exp: { match: { branch: ["exp/**", try] }, window: run, limits: { cost: 1 } }
                  here: { match: { repository: "/srv/*.git", pipeline: train }, window: run, limits: { cost: 1 } }
                """
            ).configuration
        ).accounts
        func charged(_ branch: String?, _ pipeline: String, _ repository: String) -> [String] {
            rules.filter { $0.matches(branch: branch, pipeline: pipeline, repository: repository) }
                .map(\.account.name)
        }
        #expect(charged("exp/a/b", "train", "/srv/x.git") == ["all", "exp", "here"])
        #expect(charged("main", "eval", "/srv/x.git") == ["all"])
        #expect(charged(nil, "train", "/srv/x/y.git") == ["all"])
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

    @Test("a secret comes from exactly one place, has a variable's name and is granted to somebody")
    func secrets() {
        let (configuration, diagnostics) = parse(
            """
            secrets:
              A: { plugins: [x] }
              B: { file: /k, env: K, plugins: [x] }
              c-d: { file: /k, plugins: [x] }
              E: { command: [pass, show], plugins: [x] }
            """)
        #expect(configuration == nil)
        #expect(
            diagnostics.map(\.id) == [
                "operator.bad-value", "operator.bad-value", "operator.bad-name", "operator.bad-value",
            ])
        let (lenient, warnings) = parse("secrets: { A: { file: /k } }")
        #expect(lenient?.secrets["A"]?.source == .file("/k") && warnings.map(\.severity) == [.warning])
    }

    @Test(
        "`sandbox: off` is a word, and the repository's word goes over the user's",
        arguments: ["auto", "strict", "off"])
    func sandbox(_ word: String) throws {
        let (configuration, diagnostics) = parse("executors: { local: { sandbox: \(word) } }")
        #expect(diagnostics == [])
        let own = try #require(configuration)
        #expect(own.sandbox == SandboxChoice(rawValue: word))
        #expect(own.layered(over: OperatorConfiguration(sandbox: .auto)).sandbox == own.sandbox)
        #expect(OperatorConfiguration().layered(over: own).sandbox == own.sandbox)
    }

    @Test("whether stages may gain privileges is the operator's to say; nothing said is no, and the nearer file holds")
    func privileges() throws {
        func configuration(_ text: String) throws -> OperatorConfiguration {
            try #require(parse("executors: { local: { \(text) } }").configuration)
        }
        let (may, mayNot) = (try configuration("new_privileges: true"), try configuration("new_privileges: false"))
        #expect(may.mayGainPrivileges == true && mayNot.mayGainPrivileges == false)
        #expect(OperatorConfiguration().mayGainPrivileges == nil)
        #expect(mayNot.layered(over: may).mayGainPrivileges == false)
        #expect(OperatorConfiguration().layered(over: may).mayGainPrivileges == true)
        #expect(parse("executors: { local: { new_privileges: sudo } }").configuration == nil)
    }
}
