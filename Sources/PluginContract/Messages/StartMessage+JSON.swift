extension StartMessage {
    public var json: JSON {
        .object(present: [
            "type": .string("start"), "protocol": .string(wire), "token": .string(token), "verb": .string(verb),
            "run": .string(run), "stage": .string(stage), "attempt": .integer(Int64(attempt)), "params": params,
            "inputs": .object(inputs.mapValues(\.json)), "outputs": .object(outputs.mapValues(\.json)),
            "workspace": .string(workspace), "scratch": .string(scratch), "commit": commit.json,
            "grant": grant.json, "seed": .integer(seed), "resume": resume?.json, "limits": limits.json,
            "deployment": deployment.map { .object(["path": .string($0)]) },
        ])
    }

    /// nil when a field that a plugin cannot do without is missing or of the wrong type.
    public init?(json: JSON) {
        guard json["type"]?.stringValue == "start", let token = json["token"]?.stringValue,
            let verb = json["verb"]?.stringValue, let commit = json["commit"].flatMap(Commit.init(json:)),
            let grant = json["grant"].flatMap(Grant.init(json:)),
            let workspace = json["workspace"]?.stringValue, let scratch = json["scratch"]?.stringValue
        else { return nil }
        self.init(
            token: token, verb: verb, run: json["run"]?.stringValue ?? "", stage: json["stage"]?.stringValue ?? "",
            attempt: Int(json["attempt"]?.integerValue ?? 1), workspace: workspace, scratch: scratch, commit: commit,
            grant: grant, limits: Limits(json: json["limits"] ?? .null))
        wire = json["protocol"]?.stringValue ?? ""
        params = json["params"] ?? .object([:])
        inputs = (json["inputs"]?.objectValue ?? [:]).compactMapValues(Inputs.init(json:))
        outputs = (json["outputs"]?.objectValue ?? [:]).compactMapValues(Output.init(json:))
        seed = json["seed"]?.integerValue ?? 0
        resume = json["resume"].flatMap(Resume.init(json:))
        deployment = json["deployment"]?["path"]?.stringValue
    }
}

extension StartMessage.Input {
    fileprivate var json: JSON {
        .object(present: [
            "path": .string(path), "digest": .string(digest), "type": .string(type),
            "instance": instance.map(JSON.string),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let path = json["path"]?.stringValue else { return nil }
        self.init(
            path: path, digest: json["digest"]?.stringValue ?? "", type: json["type"]?.stringValue ?? "file",
            instance: json["instance"]?.stringValue)
    }
}

extension StartMessage.Inputs {
    fileprivate var json: JSON {
        switch self {
        case .one(let input): input.json
        case .many(let inputs): .array(inputs.map(\.json))
        }
    }

    fileprivate init?(json: JSON) {
        if let values = json.arrayValue {
            self = .many(values.compactMap(StartMessage.Input.init(json:)))
        } else if let input = StartMessage.Input(json: json) {
            self = .one(input)
        } else {
            return nil
        }
    }
}

extension StartMessage.Output {
    fileprivate var json: JSON { .object(["path": .string(path), "type": .string(type)]) }

    fileprivate init?(json: JSON) {
        guard let path = json["path"]?.stringValue else { return nil }
        self.init(path: path, type: json["type"]?.stringValue ?? "file")
    }
}

extension StartMessage.Commit {
    fileprivate var json: JSON {
        .object(present: [
            "oid": .string(oid), "reference": reference.map(JSON.string), "trusted": .bool(trusted),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let oid = json["oid"]?.stringValue else { return nil }
        self.init(
            oid: oid, reference: json["reference"]?.stringValue, trusted: json["trusted"]?.boolValue ?? false)
    }
}

extension StartMessage.Grant {
    fileprivate var json: JSON {
        .object(present: [
            "profile": .string(profile), "cpus": .number(cpus), "memory": .integer(memory), "gpus": .integer(gpus),
            "disk": disk.map(JSON.integer), "network": network.map(JSON.integer),
            "deadline": deadline.map(JSON.string),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let cpus = json["cpus"]?.doubleValue, let memory = json["memory"]?.integerValue else { return nil }
        self.init(
            profile: json["profile"]?.stringValue ?? "", cpus: cpus, memory: memory,
            gpus: json["gpus"]?.integerValue ?? 0, disk: json["disk"]?.integerValue,
            network: json["network"]?.integerValue, deadline: json["deadline"]?.stringValue)
    }
}

extension StartMessage.Limits {
    fileprivate var json: JSON {
        .object([
            "line": .integer(Int64(line)), "log": .integer(Int64(log)),
            "metrics_per_s": .integer(Int64(metricsPerSecond)), "output": .integer(Int64(output)),
            "files": .integer(Int64(files)), "checkpoint": .integer(checkpoint),
            "checkpoint_files": .integer(Int64(checkpointFiles)),
        ])
    }

    fileprivate init(json: JSON) {
        func count(_ name: String, _ usual: Int = 0) -> Int { json[name]?.integerValue.map { Int($0) } ?? usual }
        self.init(
            line: count("line", ContractLimits.line), log: count("log"), metricsPerSecond: count("metrics_per_s"),
            output: count("output", ContractLimits.outputValue), files: count("files"),
            checkpoint: Int64(count("checkpoint")), checkpointFiles: count("checkpoint_files"))
    }
}

extension StartMessage.Resume {
    fileprivate var json: JSON { .object(["checkpoint": .string(checkpoint), "path": .string(path)]) }

    fileprivate init?(json: JSON) {
        guard let checkpoint = json["checkpoint"]?.stringValue, let path = json["path"]?.stringValue else {
            return nil
        }
        self.init(checkpoint: checkpoint, path: path)
    }
}
