import CSluiceProcess
import Glibc
import PluginContract
import SluiceModel

/// How the bytes of stdin come to the plugin.
enum SceneDelivery {
    /// Pieces that arrive one by one.
    static func pieces(of line: [UInt8], _ delivery: Scene.Delivery) -> [[UInt8]] {
        switch delivery {
        case .whole: [line + [0x0A]]
        case .crlf: [line + [0x0D, 0x0A]]
        case .escaped: [escaped(line) + [0x0A]]
        case .bytewise: split(line + [0x0A])
        case .garbage: [Array("this is no JSON {\n".utf8)]
        case .nothing, .closed: []
        }
    }

    /// Cuts within every character of several bytes, and now and then between others.
    private static func split(_ line: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        for byte in line {
            let isInside = byte & 0xC0 == 0x80
            if isInside || (pieces.last?.count ?? 0) >= 100 { pieces.append([]) }
            pieces[pieces.count - 1].append(byte)
        }
        return pieces
    }

    private static func escaped(_ line: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            guard !scalar.isASCII || scalar == "/" else {
                text.append(UInt8(scalar.value))
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u".utf8 + Array(String(repeating: "0", count: 4 - digits.count).utf8) + digits.utf8
            }
        }
        return text
    }

    static func token(in start: [UInt8]) -> String {
        (try? JSONReader.read(start))?["token"]?.stringValue ?? ""
    }
}

/// Bytes that were taken; 0 or less with errno.
func sluiceWrite(_ descriptor: Descriptor, _ bytes: UnsafeRawBufferPointer) -> Int {
    sluice_write(descriptor.number, bytes.baseAddress, bytes.count)
}
