/// The variable through which an engine hands a secret to `sluice attempt`; the operator's configuration names it under
/// `secrets` as `env`.
package enum SecretVariable {
    package static func name(_ secret: String) -> String {
        "SLUICE_SECRET_" + String(secret.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
