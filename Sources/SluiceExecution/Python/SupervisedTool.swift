import CSluiceProcess
import Glibc
import PluginContract

/// Runs a program of the operator to its end under a supervisor, its outputs read as lines.
struct SupervisedTool {
    struct Ending {
        var status: ProcessExit?
        var stdout: [String] = []
        /// The last lines of both outputs.
        var tail: [String] = []
        /// The first bytes of stdout as they are, where they were asked for.
        var raw: [UInt8] = []

        var isGood: Bool { status == .code(0) }
    }

    var launch: ProcessLaunch
    /// Milliseconds until everything is killed.
    var timeout: Int64
    /// Lines of its output, and of its tail.
    var keptLines = 40
    /// How much of stdout is wanted as it is.
    var rawLimit = 0
    /// What it reads from stdin.
    var input: [UInt8] = []
    /// A file that it reads from stdin after that, from where it stands.
    var source: Descriptor?
    /// A file that gets its stdout, instead of lines.
    var sink: Descriptor?

    /// Blocks until it is gone; nil with errno when it could not be started.
    func run(log: (String) -> Void = { _ in }) -> Ending? {
        guard let process = SupervisedProcess(launch) else { return nil }
        var rest = input[...]
        var ending = Ending()
        var decoders = [LineDecoder(looksForMessages: false), LineDecoder(looksForMessages: false)]
        let pipes = [process.output, process.errors]
        let deadline = MonotonicClock.now() + timeout
        var hasKilled = false
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while process.status.isOpen {
            feed(&rest, to: process.input)
            var files = (pipes + [process.status]).map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
            files.append(pollfd(fd: process.input.number, events: Int16(POLLOUT), revents: 0))
            _ = poll(&files, 4, hasKilled ? 1000 : Int32(clamping: max(0, deadline - MonotonicClock.now())))
            for index in 0..<2 where files[index].revents != 0 {
                if index == 0, let sink {
                    keep(pipes[0], into: buffer, in: sink)
                    continue
                }
                read(pipes[index], into: buffer, &decoders[index]) { take($0, isOutput: index == 0, &ending, log) }
            }
            if files[2].revents != 0 { readStatus(process, into: buffer, &ending) }
            if !hasKilled, MonotonicClock.now() >= deadline {
                hasKilled = true
                process.kill()
            }
        }
        process.reap()
        return ending
    }

    /// As much as there is room for; its stdin ends after the last byte, or when it does not read any more.
    private func feed(_ rest: inout ArraySlice<UInt8>, to pipe: Descriptor) {
        while pipe.isOpen {
            if rest.isEmpty { rest = nextOfSource() }
            guard !rest.isEmpty else { break }
            let count = rest.withUnsafeBytes { sluice_write(pipe.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN { return }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { break }
            rest = rest.dropFirst(count)
        }
        pipe.close()
    }

    private func nextOfSource() -> ArraySlice<UInt8> {
        guard let source else { return [] }
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            guard case .count(let count) = source.read(into: buffer) else { return [] }
            return ArraySlice(buffer[..<count])
        }
    }

    /// What does not fit is missing at the end: whoever reads the file sees it.
    private func keep(_ pipe: Descriptor, into buffer: UnsafeMutableRawBufferPointer, in file: Descriptor) {
        switch pipe.read(into: buffer) {
        case .count(let count): _ = write(file.number, buffer.baseAddress, count)
        case .wouldBlock: break
        case .ended: pipe.close()
        }
    }

    private func read(
        _ pipe: Descriptor, into buffer: UnsafeMutableRawBufferPointer, _ decoder: inout LineDecoder,
        _ take: (LineDecoder.Piece) -> Void
    ) {
        switch pipe.read(into: buffer) {
        case .count(let count): decoder.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), emit: take)
        case .wouldBlock: break
        case .ended:
            decoder.finish(emit: take)
            pipe.close()
        }
    }

    private func readStatus(
        _ process: SupervisedProcess, into buffer: UnsafeMutableRawBufferPointer, _ ending: inout Ending
    ) {
        guard case .count(let count) = process.status.read(into: buffer) else { return process.status.close() }
        for report in SupervisorReport.reports(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
            switch report {
            case .exited(let status, _): ending.status = ending.status ?? status
            case .executionFailed(let number, _): ending.tail.append(errorText(number))
            case .leftover, .finished: break
            }
        }
    }

    private func take(_ piece: LineDecoder.Piece, isOutput: Bool, _ ending: inout Ending, _ log: (String) -> Void) {
        guard case .text(let text, _) = piece else { return }
        if isOutput { ending.raw += text.prefix(max(0, rawLimit - ending.raw.count)) }
        for line in text.split(separator: 0x0A).map({ ShownText.escaped($0) }) {
            log(line)
            if isOutput, ending.stdout.count < keptLines { ending.stdout.append(line) }
            ending.tail = ending.tail.suffix(keptLines - 1) + [line]
        }
    }
}
