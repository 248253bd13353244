import Glibc

/// ReaderFuzz READER|all COUNT [SEED] [EXECUTION]: mutates small files, reads them, and prints a line for each reader.
/// With EXECUTION the input of that execution is printed instead of read.
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 2, let count = Int(arguments[1]),
    let targets = arguments[0] == "all" ? FuzzTarget.all : FuzzTarget.named(arguments[0]).map({ [$0] })
else {
    print("usage: ReaderFuzz READER|all COUNT [SEED] [EXECUTION]")
    print("readers: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    exit(64)
}
let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
LastWords.install()
for target in targets {
    var fuzz = try Fuzz(target, seed: seed)
    if arguments.count > 3, let execution = Int(arguments[3]) {
        let input = fuzz.input(of: execution)
        input.withUnsafeBytes { _ = write(1, $0.baseAddress, $0.count) }
    } else {
        print(fuzz.run(count))
        fflush(nil)
    }
}
