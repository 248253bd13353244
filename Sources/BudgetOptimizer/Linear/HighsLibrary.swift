import Glibc

/// HiGHS (Huangfu and Hall 2018), loaded from a path when it is first needed; its C interface, as far as it is used.
final class HighsLibrary {
    typealias Model = UnsafeMutableRawPointer
    typealias Numbers = UnsafeMutablePointer<Double>
    typealias Counts = UnsafeMutablePointer<Int32>
    typealias Query = @convention(c) (Model) -> Int32
    typealias Name = @convention(c) (Model, Int32, UnsafeMutablePointer<CChar>) -> Int32
    typealias Ray = @convention(c) (Model, Counts, Numbers) -> Int32
    typealias Text = UnsafePointer<CChar>

    let create: @convention(c) () -> Model?
    let destroy: @convention(c) (Model) -> Void
    let setFlag: @convention(c) (Model, Text, Int32) -> Int32
    let setNumber: @convention(c) (Model, Text, Double) -> Int32
    let setText: @convention(c) (Model, Text, Text) -> Int32
    let readModel: @convention(c) (Model, Text) -> Int32
    let passMip:
        @convention(c) (
            Model, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Int32>,
            UnsafePointer<Int32>, UnsafePointer<Double>, UnsafePointer<Int32>
        ) -> Int32
    let run: Query
    let modelStatus: Query
    let columnCount: Query
    let rowCount: Query
    let entryCount: Query
    let objective: @convention(c) (Model) -> Double
    let solution: @convention(c) (Model, Numbers, Numbers, Numbers, Numbers) -> Int32
    let dualRay: Ray
    let primalRay: Ray
    let columnName: Name
    let rowName: Name
    let integrality: @convention(c) (Model, Int32, Counts) -> Int32
    let sense: @convention(c) (Model, Counts) -> Int32
    let offset: @convention(c) (Model, Numbers) -> Int32
    let columns:
        @convention(c) (Model, Int32, Int32, Counts, Numbers, Numbers, Numbers, Counts, Counts, Counts, Numbers) ->
            Int32
    let rows: @convention(c) (Model, Int32, Int32, Counts, Numbers, Numbers, Counts, Counts, Counts, Numbers) -> Int32
    let ranging: Ranging
    let version: @convention(c) () -> UnsafePointer<CChar>

    typealias Ranging =
        @convention(c) (
            Model, Numbers, Numbers, Counts, Counts, Numbers, Numbers, Counts, Counts, Numbers, Numbers, Counts, Counts,
            Numbers, Numbers, Counts, Counts, Numbers, Numbers, Counts, Counts, Numbers, Numbers, Counts, Counts
        ) -> Int32

    /// Loads the library. It stays loaded: unloading C++ with threads of its own is not safe.
    init(path: String) throws(LinearSolverError) {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .missing(path: path, reason: dlerror().map { String(cString: $0) } ?? "no reason given")
        }
        let symbols = Symbols(path: path, handle: handle)
        let integers: Query = try symbols.find("Highs_getSizeofHighsInt")
        create = try symbols.find("Highs_create")
        destroy = try symbols.find("Highs_destroy")
        setFlag = try symbols.find("Highs_setBoolOptionValue")
        setNumber = try symbols.find("Highs_setDoubleOptionValue")
        setText = try symbols.find("Highs_setStringOptionValue")
        readModel = try symbols.find("Highs_readModel")
        passMip = try symbols.find("Highs_passMip")
        run = try symbols.find("Highs_run")
        modelStatus = try symbols.find("Highs_getModelStatus")
        columnCount = try symbols.find("Highs_getNumCol")
        rowCount = try symbols.find("Highs_getNumRow")
        entryCount = try symbols.find("Highs_getNumNz")
        objective = try symbols.find("Highs_getObjectiveValue")
        solution = try symbols.find("Highs_getSolution")
        dualRay = try symbols.find("Highs_getDualRay")
        primalRay = try symbols.find("Highs_getPrimalRay")
        columnName = try symbols.find("Highs_getColName")
        rowName = try symbols.find("Highs_getRowName")
        integrality = try symbols.find("Highs_getColIntegrality")
        sense = try symbols.find("Highs_getObjectiveSense")
        offset = try symbols.find("Highs_getObjectiveOffset")
        columns = try symbols.find("Highs_getColsByRange")
        rows = try symbols.find("Highs_getRowsByRange")
        ranging = try symbols.find("Highs_getRanging")
        version = try symbols.find("Highs_version")
        guard let probe = create() else { throw .failed("it creates no model") }
        defer { destroy(probe) }
        guard integers(probe) == 4 else { throw .incompatible(path: path, symbol: "32-bit integers") }
    }

    private struct Symbols {
        let path: String
        let handle: UnsafeMutableRawPointer

        func find<Function>(_ name: String) throws(LinearSolverError) -> Function {
            guard let symbol = dlsym(handle, name) else { throw .incompatible(path: path, symbol: name) }
            return unsafeBitCast(symbol, to: Function.self)
        }
    }
}
