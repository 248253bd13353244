/// The fixed numbers of `sluice/1`.
public enum ContractLimits {
    /// The protocol that this module speaks.
    public static let wire = "sluice/1"
    public static let major = 1
    /// Bytes of a plugin's line without its end.
    public static let line = 1 << 20
    /// Levels of arrays and objects in a line.
    public static let depth = 64
    /// The largest magnitude of an integer: 2^53−1, exact in every language's double.
    public static let integer: Int64 = (1 << 53) - 1
    /// Bytes of an `output` line's value.
    public static let outputValue = 64 << 10
    /// Characters of an `error` line's message.
    public static let message = 300
    /// Bytes of a metric's, an output's or a checkpoint's name.
    public static let name = 256
}
