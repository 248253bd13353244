/// How attempts are walled in here, by the operator's choice.
package enum SandboxChoice: String, Sendable, Codable, CaseIterable {
    /// Where it works; elsewhere attempts run without, and their records say so.
    case auto
    /// Everywhere and with less to see; where it cannot be had, nothing runs.
    case strict
    /// Only for references that are not trusted.
    case off
}

/// What an attempt's wall has to be like, whatever the operator chose for all.
package struct SandboxPolicy: Sendable, Codable, Equatable {
    /// Nothing less than `strict` will do: the code is of somebody whom the operator does not trust.
    package var isStrict: Bool
    /// Whether the program said that it needs the network.
    package var network: Network
    /// What the operator chose for the node that it is handed to; nil where the attempt stays on this machine.
    package var onNode: NodeSandbox?

    package enum Network: String, Sendable, Codable {
        /// It said so.
        case wanted
        /// Its manifest says that it needs none.
        case unwanted
        /// It has no manifest to say anything.
        case unsaid
    }

    package init(isStrict: Bool = false, network: Network = .unsaid) {
        self.isStrict = isStrict
        self.network = network
    }
}

/// What a node has to know of the operator's choice: it has no configuration of its own.
package struct NodeSandbox: Sendable, Codable, Equatable {
    package var choice: SandboxChoice
    /// What no attempt is to see where it is there: configuration, sources of secrets, other attempts.
    package var hidden: [String]

    /// A node is told of nothing that it need not know.
    package init(_ choice: SandboxChoice, hidden: [String] = []) {
        self.choice = choice
        self.hidden = choice == .off ? [] : hidden
    }
}

/// What walled an attempt in.
package struct Sandbox: Sendable, Codable, Equatable {
    package enum Mechanism: String, Sendable, Codable, CaseIterable { case none, bubblewrap }

    package static let none = none(noNewPrivileges: false)

    package var mechanism: Mechanism
    /// Whether it sees the system's programs and what it was given, and nothing else.
    package var isStrict: Bool
    package var hasNetwork: Bool
    /// Whether none of its programs could become more than its user, by setuid or capabilities of a file.
    package var noNewPrivileges: Bool

    package init(mechanism: Mechanism, isStrict: Bool, hasNetwork: Bool, noNewPrivileges: Bool = true) {
        self.mechanism = mechanism
        self.isStrict = isStrict
        self.hasNetwork = hasNetwork
        self.noNewPrivileges = noNewPrivileges
    }

    /// An older node says nothing of privileges.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        mechanism = try values.decode(Mechanism.self, forKey: .mechanism)
        isStrict = try values.decode(Bool.self, forKey: .isStrict)
        hasNetwork = try values.decode(Bool.self, forKey: .hasNetwork)
        noNewPrivileges = try values.decodeIfPresent(Bool.self, forKey: .noNewPrivileges) ?? false
    }

    package static func none(noNewPrivileges: Bool) -> Sandbox {
        Sandbox(mechanism: .none, isStrict: false, hasNetwork: true, noNewPrivileges: noNewPrivileges)
    }
}

/// What a record says of a sandbox beside its name.
package struct Isolation: Sendable, Codable, Equatable {
    package var strict: Bool
    package var network: Bool

    /// nil where there is no sandbox.
    package init?(_ sandbox: Sandbox) {
        guard sandbox.mechanism != .none else { return nil }
        strict = sandbox.isStrict
        network = sandbox.hasNetwork
    }

    package func sandbox(_ mechanism: Sandbox.Mechanism, noNewPrivileges: Bool) -> Sandbox {
        Sandbox(mechanism: mechanism, isStrict: strict, hasNetwork: network, noNewPrivileges: noNewPrivileges)
    }
}
