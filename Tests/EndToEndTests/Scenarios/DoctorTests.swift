import Testing

/// What the doctor finds.
@Suite struct DoctorTests {
    @Test("a configuration with errors is shown with all of their lines, and everything else is looked at too")
    func brokenConfiguration() throws {
        let scene = try Scene(withHook: false)
        try scene.configure(
            "accounts:\n  team: { window: never, limits: { cost: 1 } }\nexecutors: { local: { sandbox: maybe } }\n",
            in: scene.clone + "/.git")
        let doctor = try scene.sluice(["doctor"])
        #expect(doctor.status == 65, "\(doctor.transcript)")
        #expect(doctor.errors.contains("sluice.yaml:2:") && doctor.errors.contains("sluice.yaml:3:"))
        for what in ["configuration     has errors", "libgit2", "limits", "state folder      \(scene.home)"] {
            #expect(doctor.output.contains(what), "\(doctor.transcript)")
        }
    }

    @Test("the files of the configuration that holds are named")
    func configuration() throws {
        let scene = try Scene(withHook: false)
        try scene.configure("executors: { local: { sandbox: off } }\n", in: scene.clone + "/.git")
        let doctor = try scene.sluice(["doctor"])
        #expect(doctor.status == 0 && doctor.output.contains("\(scene.clone)/.git/sluice.yaml"), "\(doctor.transcript)")
        let answer = try scene.json(scene.sluice(["doctor", "--json"]))
        #expect(answer["schema"] as? String == "sluice.doctor/v1" && answer["usable"] as? Bool == true)
        let facts = try #require(answer["facts"] as? [[String: String]])
        #expect(facts.contains(["what": "configuration", "state": "\(scene.clone)/.git/sluice.yaml"]))
    }
}
