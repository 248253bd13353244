/// A section of a CPLEX-LP file, opened by a word that is the first of its line.
enum LPSection {
    case minimise, maximise, rows, bounds, integers, binaries, free, end

    static func named(_ word: String) -> LPSection? {
        switch word {
        case "minimize", "minimise", "minimum", "min": .minimise
        case "maximize", "maximise", "maximum", "max": .maximise
        case "st", "s.t.", "st.": .rows
        case "bounds", "bound": .bounds
        case "general", "generals", "gen", "integer", "integers", "int": .integers
        case "binary", "binaries", "bin": .binaries
        case "free": .free
        case "end": .end
        default: nil
        }
    }

    /// Sections that a linear or mixed-integer program has no place for.
    static let unsupported: Set<String> = [
        "semi", "semis", "sec", "sin", "sos", "sos1", "sos2", "pwlobj", "gencons", "genconstr", "scenario",
    ]
}
