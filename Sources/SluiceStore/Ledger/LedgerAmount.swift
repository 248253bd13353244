import GRDB
import SluiceModel

/// An amount as two columns.
extension Amount {
    var whole: Int64 { Int64(clamping: billionths / Self.unit) }
    var fraction: Int64 { Int64(billionths % Self.unit) }

    /// From the sums of both columns.
    init(whole: Int64, fraction: Int64) { self.init(billionths: Int128(whole) * Self.unit + Int128(fraction)) }
}

/// Amounts by account and resource.
struct Holdings: Equatable {
    struct Key: Hashable {
        var account: String
        var resource: BudgetResource
    }

    var amounts: [Key: Amount] = [:]

    subscript(account: String, resource: BudgetResource) -> Amount {
        get { amounts[Key(account: account, resource: resource)] ?? .zero }
        set { amounts[Key(account: account, resource: resource)] = newValue }
    }
}

/// What is written of an account beside its name.
extension Account {
    init(row: Row) throws {
        let (window, limits): (String, String) = (row["window"], row["limits"])
        guard let window = AccountWindow(text: window) else {
            throw StoreError(.corrupt, "the state holds an account with an unknown window: \(window)")
        }
        self.init(name: row["account"], window: window, limits: try BudgetAmounts(json: limits).limits)
    }
}

extension AccountWindow {
    /// `run`, `month`, `604800000`
    var text: String {
        switch self {
        case .run: "run"
        case .month: "month"
        case .rolling(let milliseconds): String(milliseconds)
        }
    }

    init?(text: String) {
        switch text {
        case "run": self = .run
        case "month": self = .month
        default:
            guard let length = Int64(text), length > 0 else { return nil }
            self = .rolling(milliseconds: length)
        }
    }
}

/// Amounts by resource as JSON: decimals as strings, so that nothing is rounded.
struct BudgetAmounts {
    var amounts: [BudgetResource: Amount]

    init(_ amounts: [BudgetResource: Amount]) { self.amounts = amounts }

    init(json: String) throws {
        amounts = [:]
        for (name, text) in try JSONText.decode([String: String].self, from: json) {
            guard let resource = BudgetResource(rawValue: name), let amount = Amount(written: text) else {
                throw StoreError(.corrupt, "the state holds an amount that cannot be read: \(name) \(text)")
            }
            amounts[resource] = amount
        }
    }

    var texts: [String: String] {
        Dictionary(uniqueKeysWithValues: amounts.map { ($0.key.rawValue, $0.value.description) })
    }

    var limits: [BudgetLimit] {
        BudgetResource.allCases.compactMap { resource in
            amounts[resource].map { BudgetLimit(resource: resource, amount: $0) }
        }
    }
}
