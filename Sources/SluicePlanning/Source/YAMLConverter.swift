import SluiceModel
import Yams

/// Turns the parser's nodes into ours: resolves aliases, checks keys, counts.
struct YAMLConverter {
    static let maximumAliases = 100
    /// Of a file with aliases, once they are resolved.
    static let maximumNodes = 1 << 15

    private let findings: Findings
    private let stand: StandIns
    private var anchors: [String: YAMLNode] = [:]
    private var sizes: [String: (nodes: Int, depth: Int)] = [:]
    private var nodes = 0
    private var deepest = 0
    private var aliases = 0
    private var isOver = false
    private var columns: ColumnTable
    /// Whether the node that is read last is reported already.
    private var isBroken = false

    init(findings: Findings, stand: StandIns) {
        self.findings = findings
        self.stand = stand
        columns = ColumnTable(source: findings.source)
    }

    /// nil, with a finding, where a limit is exceeded.
    mutating func convert(_ root: Node) -> YAMLNode? {
        let node = convert(root, depth: 0)
        return isOver ? nil : node
    }

    /// `depth` is the number of lists and maps around the node.
    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode {
        let location = location(of: node.mark)
        isBroken = false
        let before = nodes
        nodes += 1
        let outerDeepest = deepest
        let level = node.scalar != nil ? depth : depth + 1
        deepest = level
        guard within(depth: level, at: location) else { return empty(at: location) }
        let content = content(of: node, depth: level, at: location)
        let result = YAMLNode(content: content, location: location, isBroken: isBroken)
        isBroken = false
        if let anchor = node.anchor?.rawValue {
            anchors[anchor] = result
            sizes[anchor] = (nodes - before, deepest - depth)
        }
        deepest = max(deepest, outerDeepest)
        return result
    }

    private mutating func content(of node: Node, depth: Int, at location: SourceLocation) -> YAMLNode.Content {
        switch node {
        case .scalar(let scalar): return content(of: scalar, depth: depth, at: location)
        case .sequence(let sequence):
            checkTag(sequence.tag, at: location)
            return .sequence(sequence.map { convert($0, depth: depth) })
        case .mapping(let mapping):
            checkTag(mapping.tag, at: location)
            return .mapping(entries(of: mapping, depth: depth))
        case .alias:
            return .scalar("", .plain)
        }
    }

    private mutating func content(
        of scalar: Node.Scalar, depth: Int, at location: SourceLocation
    ) -> YAMLNode.Content {
        checkTag(scalar.tag, at: location)
        let style = style(of: scalar)
        if style == .plain, let name = stand.alias(scalar.string) {
            return resolve(alias: name, depth: depth, at: location)
        }
        return .scalar(stand.showingStars(in: scalar.string), style)
    }

    /// A plain scalar with the tag `!!str` is text, as if it were quoted. Of keys only the style counts: they are
    /// text anyway, and the parser tags them itself.
    private func style(of scalar: Node.Scalar, isKey: Bool = false) -> YAMLNode.Style {
        switch scalar.style {
        case .plain, .any: !isKey && scalar.tag.description == "tag:yaml.org,2002:str" ? .quoted : .plain
        case .singleQuoted, .doubleQuoted: .quoted
        case .literal, .folded: .block
        }
    }

    private mutating func resolve(alias name: String, depth: Int, at location: SourceLocation) -> YAMLNode.Content {
        guard let target = anchors[name], let size = sizes[name] else {
            findings.add(SourceFindings.unknownAlias(stand.showingStars(in: name), Array(anchors.keys)), at: location)
            isBroken = true
            return .scalar("", .quoted)
        }
        aliases += 1
        nodes += size.nodes
        deepest = max(deepest, depth + size.depth)
        guard within(depth: depth + size.depth, at: location) else { return .scalar("", .quoted) }
        return target.content
    }

    /// Whether all limits hold; the first that does not is reported, and then nothing more is read.
    private mutating func within(depth: Int, at location: SourceLocation) -> Bool {
        guard !isOver else { return false }
        if depth > YAMLReader.maximumDepth {
            findings.add(SourceFindings.tooDeep, at: location)
        } else if aliases > Self.maximumAliases || (aliases > 0 && nodes > Self.maximumNodes) {
            findings.add(SourceFindings.tooManyAliases, at: location)
        } else {
            return true
        }
        isOver = true
        return false
    }

    private func empty(at location: SourceLocation) -> YAMLNode {
        YAMLNode(content: .scalar("", .quoted), location: location)
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var first: [String: SourceLocation] = [:]
        for (key, value) in mapping {
            let place = location(of: key.mark)
            let value = convert(value, depth: depth)
            guard !isOver, let (name, style) = keyName(key, at: place) else { continue }
            if let earlier = first[name] {
                let finding = SourceFindings.duplicateKey(name, earlier: earlier.line, domain: findings.domain)
                findings.add(finding, at: place)
            } else {
                first[name] = place
                entries.append(YAMLNode.Entry(key: name, keyStyle: style, keyLocation: place, value: value))
            }
        }
        return entries
    }

    private mutating func keyName(_ key: Node, at location: SourceLocation) -> (String, YAMLNode.Style)? {
        guard case .scalar(let scalar) = key else {
            findings.add(SourceFindings.keyIsNoString, at: location)
            return nil
        }
        checkTag(scalar.tag, at: location)
        let style = style(of: scalar, isKey: true)
        if style == .plain, scalar.string == "<<" {
            findings.add(SourceFindings.mergeKey, at: location)
            return nil
        }
        if style == .plain, let name = stand.alias(scalar.string) {
            findings.add(SourceFindings.aliasAsKey(stand.showingStars(in: name)), at: location)
            return nil
        }
        let name = stand.key(scalar.string)
        if let anchor = scalar.anchor?.rawValue {
            anchors[anchor] = YAMLNode(content: .scalar(name, style), location: location)
            sizes[anchor] = (1, 0)
        }
        return (name, style)
    }

    /// The core schema's own tags say nothing new; every other would need code that is not there.
    private mutating func checkTag(_ tag: Tag, at location: SourceLocation) {
        let name = tag.description
        let known = ["", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]
        guard !known.contains(name) else { return }
        findings.add(SourceFindings.tag(name), at: location)
        isBroken = true
    }

    private mutating func location(of mark: Mark?) -> SourceLocation {
        let (line, scalar) = (mark?.line ?? 1, mark?.column ?? 1)
        return columns.location(line: line, scalar: scalar)
    }
}
