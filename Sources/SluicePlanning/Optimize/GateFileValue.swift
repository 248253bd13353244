import SluiceModel

/// A value of a JSON file together with the path of its key, which every complaint about it names.
package struct GateFileValue: Sendable {
    package let path: String
    package let json: GateFileJSON

    package init(path: String, json: GateFileJSON) {
        self.path = path
        self.json = json
    }

    package func failure(_ message: String) -> GateFileError { GateFileError(path, message) }

    private func expected(_ what: String) -> GateFileError { failure("expected \(what), found \(json.typeName)") }

    private func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    // MARK: Members

    /// nil where the key is absent or null.
    package subscript(key: String) -> GateFileValue? {
        guard let value = json[key], value != .null else { return nil }
        return GateFileValue(path: path(of: key), json: value)
    }

    package func required(_ key: String) throws(GateFileError) -> GateFileValue {
        guard let value = self[key] else { throw GateFileError(path(of: key), "is missing") }
        return value
    }

    // MARK: Values

    package func items() throws(GateFileError) -> [GateFileValue] {
        guard case .array(let values) = json else { throw expected("a list") }
        return values.enumerated().map { GateFileValue(path: "\(path)[\($0.offset)]", json: $0.element) }
    }

    package func members() throws(GateFileError) -> [(key: String, value: GateFileValue)] {
        guard case .object(let members) = json else { throw expected("an object") }
        return members.map { ($0.key, GateFileValue(path: path(of: $0.key), json: $0.value)) }
    }

    package func text() throws(GateFileError) -> String {
        guard case .string(let text) = json else { throw expected("a string") }
        return text
    }

    package func flag() throws(GateFileError) -> Bool {
        guard case .bool(let flag) = json else { throw expected("true or false") }
        return flag
    }

    /// An exact decimal that is not negative.
    package func amount() throws(GateFileError) -> Amount {
        guard case .number(let text) = json else { throw expected("a number") }
        let exponent = text.lowercased().split(separator: "e").dropFirst().first ?? ""
        guard text.utf8.count <= 64, exponent.utf8.count <= 4, let amount = Amount(decimal: text) else {
            throw failure(
                "\(text.prefix(40)) is no exact amount: below 10^18, with at most nine digits behind the point")
        }
        guard amount >= .zero else { throw failure("is negative: \(text)") }
        return amount
    }

    package func amounts() throws(GateFileError) -> [String: Amount] {
        var amounts: [String: Amount] = [:]
        for member in try members() { amounts[member.key] = try member.value.amount() }
        return amounts
    }

    package func integer() throws(GateFileError) -> Int {
        guard case .number(let text) = json, let value = Int(text) else { throw expected("a whole number") }
        return value
    }

    package func double() throws(GateFileError) -> Double {
        guard case .number(let text) = json else { throw expected("a number") }
        guard let value = Double(text), value.isFinite else { throw failure("\(text.prefix(40)) is out of range") }
        return value
    }
}
