import Foundation
import SluiceModel

/// `--set k=v`: JSON where it is JSON, else a string.
enum OverrideValue {
    static func parse(_ text: String) -> JSONValue {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .string(text)
    }
}
