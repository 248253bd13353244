import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceGit

@Suite("Configuration") struct ConfigurationTests {
    @Test("values are set, read and removed as the git program sees them")
    func singleValues() throws {
        let scratch = try ScratchRepository("--bare")
        let git = try GitRepository.open(at: scratch.path)
        #expect(git.configuration("sluice.prePush") == nil)
        try git.setConfiguration("sluice.prePush", to: "warn")
        try git.setConfiguration("receive.advertisePushOptions", to: "true")
        #expect(try scratch.git("config", "sluice.prePush") == "warn")
        #expect(git.configuration("sluice.prePush") == "warn")
        #expect(git.configuration("receive.advertisePushOptions") == "true")
        try git.removeConfiguration("sluice.prePush")
        try git.removeConfiguration("sluice.prePush")
        #expect(git.configuration("sluice.prePush") == nil)
    }

    @Test("of a variable with several values one is added once and removed alone")
    func severalValues() throws {
        let scratch = try ScratchRepository("--bare")
        try scratch.git("config", "--add", "transfer.hideRefs", "refs/sluiceXother")
        try scratch.git("config", "--add", "transfer.hideRefs", "refs/a.b+c")
        let git = try GitRepository.open(at: scratch.path)
        try git.addConfiguration("transfer.hideRefs", value: "refs/sluice.other")
        try git.addConfiguration("transfer.hideRefs", value: "refs/sluice.other")
        #expect(
            git.configurationValues("transfer.hideRefs") == ["refs/sluiceXother", "refs/a.b+c", "refs/sluice.other"])
        try git.removeConfiguration("transfer.hideRefs", value: "refs/sluice.other")
        try git.removeConfiguration("transfer.hideRefs", value: "refs/a.b+c")
        #expect(try scratch.git("config", "--get-all", "transfer.hideRefs") == "refs/sluiceXother")
    }

    @Test("core.hooksPath moves the hooks, relative to where git runs them")
    func hooksPath() throws {
        let scratch = try ScratchRepository()
        try scratch.git("config", "core.hooksPath", "my/hooks")
        #expect(try GitRepository.open(at: scratch.path).hooksFolder == scratch.path + "/my/hooks")
        try scratch.git("config", "core.hooksPath", "/srv/hooks")
        #expect(try GitRepository.open(at: scratch.path).hooksFolder == "/srv/hooks")
    }
}
