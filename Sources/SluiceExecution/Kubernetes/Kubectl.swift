import Glibc
import SluiceModel

/// `kubectl`, started without a shell and with nothing of our environment but what it needs.
struct Kubectl: Hashable, Sendable {
    let terms: KubernetesTerms
    /// Where the program, and whatever its configuration calls to log in, is found.
    let searchPath: String
    /// Where it looks for its default configuration.
    let home: String?

    /// Its own limit is shorter than ours, so that it is kubectl who says what was slow.
    private static let requestTimeout = "10s"
    private static let dataLimit = 64 << 20

    /// `input`: what it reads for `--filename=-`; nothing that is to stay hidden is an argument or a file.
    func run(_ arguments: [String], input: [UInt8] = []) -> EngineProgram.Answer {
        let options = place + ["--request-timeout=\(Self.requestTimeout)"]
        return program.run("kubectl", options + arguments, dataLimit: Self.dataLimit, input: input)
    }

    /// A program in a pod, whose streams may be large files; `timeout` in milliseconds.
    func exec(
        _ arguments: [String], input: [UInt8], source: Descriptor?, sink: Descriptor?, timeout: Int64
    ) -> EngineProgram.Answer {
        program.run(
            "kubectl", place + ["exec"] + arguments, dataLimit: sink == nil ? Self.dataLimit : 0, input: input,
            source: source, sink: sink, timeout: timeout)
    }

    private var place: [String] {
        ["--namespace=\(terms.namespace)"] + (terms.context.map { ["--context=\($0)"] } ?? [])
    }

    /// What it answers with, decoded.
    func get<Value: Decodable>(_ arguments: [String]) -> Result<Value, UnreadableFile> {
        let answer = run(["get"] + arguments + ["--output=json"])
        guard answer.isGood else { return .failure(UnreadableFile(answer.complaint)) }
        guard let value: Value = WireJSON.decode(answer.data) else {
            return .failure(UnreadableFile("kubectl's answer is no JSON that is understood"))
        }
        return .success(value)
    }

    private var program: EngineProgram {
        var environment = ["PATH": searchPath, "LANG": "C"]
        environment["HOME"] = home
        // Without a home it would keep what it looked up in a folder below its working folder, which is `/`.
        if home == nil { environment["KUBECACHEDIR"] = "/dev/null" }
        environment["KUBECONFIG"] = terms.configuration
        return EngineProgram(searchPath: searchPath, environment: environment)
    }

    /// Whether a complaint is about the way to the API server, not about what was asked.
    static func isUnreachable(_ complaint: String) -> Bool {
        let signs = [
            "Unable to connect to the server", "connection refused", "was refused - did you specify",
            "i/o timeout", "TLS handshake timeout", "context deadline exceeded", "unexpected EOF",
            "connection reset by peer", "no such host", "the server is currently unable", "etcdserver",
            "Too many requests", "ServiceUnavailable", "an error on the server", "said nothing within",
            "net/http: request canceled", "http2: client connection", "leader changed",
        ]
        return signs.contains { complaint.contains($0) }
    }
}
