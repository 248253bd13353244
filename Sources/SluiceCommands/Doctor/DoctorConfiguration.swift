import Glibc
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport

/// What the operator's configuration says, and whether it can be read.
struct DoctorConfiguration {
    /// Those of a configuration that cannot be read are the ones that hold without one.
    let settings: OperatorConfiguration
    /// Why it cannot be read.
    let error: (any Error)?

    init() {
        do {
            (settings, error) = (try OperatorSettings.here(), nil)
        } catch let found {
            (settings, error) = (OperatorConfiguration(), found)
        }
    }

    var facts: [DoctorFact] {
        if let error {
            return [DoctorFact("configuration", "has errors, nothing runs: \(ErrorText.describe(error))")]
        }
        let repository = try? GitRepository.open(at: ".").commonDirectory
        let files = OperatorSettings.files(gitDirectory: repository).filter { access($0, F_OK) == 0 }
        guard !files.isEmpty else {
            return [DoctorFact("configuration", "no file: the settings that hold without one")]
        }
        return files.map { DoctorFact("configuration", $0) }
    }
}
