import SluiceModel

/// A stage's params, environment and script for one profile, read as templates.
struct StageTexts {
    var with: TemplateTree
    var env: [(name: String, template: Template)]
    var script: ScriptTemplate?
    /// The script as it is written.
    var scriptSource: String?

    /// The profile's `with` goes over the stage's, key by key.
    init(_ definition: Pipeline.Stage, profile: StageProfile?) throws(BindingError) {
        var members: [String: JSONValue] = [:]
        if case .object(let written) = definition.with.value { members = written }
        for (key, value) in profile?.with ?? [:] { members[key] = value }
        let (tree, faults) = TemplateTree.parse(.object(members))
        if let fault = faults.first {
            throw BindingError(
                "`with.\(fault.path)`: \(fault.error.message)", at: definition.with.location, hint: fault.error.hint)
        }
        with = tree
        env = []
        for (name, text) in definition.env.sorted(by: { $0.key < $1.key }) {
            do throws(ExpressionError) {
                env.append((name, try Template(parsing: text)))
            } catch {
                throw BindingError("`env.\(name)`: \(error.message)", at: definition.location, hint: error.hint)
            }
        }
        guard case .run(let source) = definition.action.value else { return }
        let (script, scriptFaults) = ScriptTemplate.parse(source)
        if let fault = scriptFaults.first {
            throw BindingError(fault.error.message, at: definition.action.location, hint: fault.error.hint)
        }
        self.script = script
        scriptSource = source
    }

    var names: [NameUse] { with.names + env.flatMap(\.template.names) + (script?.names ?? []) }
}
