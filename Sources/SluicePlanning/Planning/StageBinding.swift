import SluiceModel

/// Fixes what a stage reads, by the plan with what is known and by the engine right before an attempt.
package enum StageBinding {
    /// The largest params that are handed to a plugin.
    private static let paramsLimit = 256 << 10

    /// nil while something that the stage reads has not ended. Throws where it can never be what it says.
    /// `environmentLock` names the packages of the plugin's Python environment.
    package static func bind(
        _ stage: Plan.Stage, profile: Int, in plan: Plan, results: [String: RunEvent.StageEnd],
        environmentLock: String?
    ) throws(BindingError) -> Binding? {
        try bind(
            stage, profile: profile, facts: PlanFacts(plan), results: results, environmentLock: environmentLock)
    }

    /// `sourceParts` are those of the stage's sources, where they were made before.
    static func bind(
        _ stage: Plan.Stage, profile: Int, facts: PlanFacts, results: [String: RunEvent.StageEnd],
        environmentLock: String?, sourceParts: [CacheKeyPart]? = nil
    ) throws(BindingError) -> Binding? {
        let chosen = stage.profiles.indices.contains(profile) ? stage.profiles[profile].profile : nil
        let texts = try StageTexts(stage.definition, profile: chosen)
        guard let inputs = try InputBinding.bind(stage, results: results) else { return nil }
        let scope = scope(of: stage, facts: facts, texts: texts, results: results)
        guard let params = try params(of: stage, texts, scope),
            let environment = try environment(of: stage, texts, scope),
            let values = try values(of: stage, texts, scope)
        else { return nil }
        let ingredients = KeyIngredients(
            stage: stage, params: params, environment: environment, script: texts.scriptSource, values: values.named,
            inputs: inputs, environmentLock: environmentLock, isDegraded: chosen?.isDegraded ?? false,
            sourceParts: sourceParts ?? CacheKey.sourceParts(stage.sources))
        let parts = ingredients.parts
        return Binding(
            key: CacheKey.digest(of: parts), parts: parts, inputs: inputs, symbolicParams: params,
            symbolicEnvironment: environment.merging(values.variables) { $1 }, scriptText: texts.script?.text)
    }

    private static func scope(
        of stage: Plan.Stage, facts: PlanFacts, texts: StageTexts, results: [String: RunEvent.StageEnd]
    ) -> Scope {
        var scope = facts.scope(of: stage, reading: texts.names, results: results)
        for input in stage.inputs { scope.inputs[input.name] = .one(PathMarker.input(input.name)) }
        for output in stage.outputs { scope.outputs[output.name] = PathMarker.output(output.name) }
        return scope
    }

    /// With defaults, and true to the plugin's schema.
    private static func params(
        of stage: Plan.Stage, _ texts: StageTexts, _ scope: Scope
    ) throws(BindingError) -> JSONValue? {
        let location = stage.definition.with.location
        let resolved: JSONValue?
        do throws(ExpressionError) {
            resolved = try texts.with.resolve(in: scope)
        } catch {
            throw BindingError("`with` of \(stage.name): \(error.message)", at: location, hint: error.hint)
        }
        guard let resolved else { return nil }
        let schema = stage.plugin?.manifest.params
        let params = schema?.applyingDefaults(to: resolved) ?? resolved
        if let violation = schema?.violations(of: params).first {
            let place = violation.path.isEmpty ? "with" : "with.\(violation.path)"
            throw BindingError(
                "`\(place)` of \(stage.name): \(violation.message)", at: location, hint: violation.hint)
        }
        guard params.canonicalText.utf8.count <= paramsLimit else {
            throw BindingError("`with` of \(stage.name) is larger than 256 KiB", at: location)
        }
        return params
    }

    private static func environment(
        of stage: Plan.Stage, _ texts: StageTexts, _ scope: Scope
    ) throws(BindingError) -> [String: String]? {
        var environment: [String: String] = [:]
        for (name, template) in texts.env {
            do throws(ExpressionError) {
                guard let value = try template.text(in: scope) else { return nil }
                guard !value.utf8.contains(0) else { throw ExpressionError("its value holds a NUL", at: 0) }
                environment[name] = value
            } catch {
                throw BindingError(
                    "`env.\(name)` of \(stage.name): \(error.message)", at: stage.definition.location, hint: error.hint)
            }
        }
        return environment
    }

    /// What the script's names stand for: by variable, and by name without the paths.
    private static func values(
        of stage: Plan.Stage, _ texts: StageTexts, _ scope: Scope
    ) throws(BindingError) -> (variables: [String: String], named: [String: String])? {
        guard let script = texts.script else { return ([:], [:]) }
        do throws(ExpressionError) {
            guard let variables = try script.environment(in: scope) else { return nil }
            var named: [String: String] = [:]
            for reference in script.references {
                switch reference.use.name {
                case .input, .output: break
                default: named[reference.use.name.description] = variables[reference.variable]
                }
            }
            return (variables, named)
        } catch {
            throw BindingError(
                "`run` of \(stage.name): \(error.message)", at: stage.definition.action.location, hint: error.hint)
        }
    }
}
