import Buffers
import Foundation
import Tensors
import Testing

struct SafetensorsTests {
    private func sources() throws -> [Safetensors.Source] {
        [
            Safetensors.Source("steps", try Tensor<Int64>(shape: [1], elements: [12])),
            Safetensors.Source("weights", try goldenMatrix()),
            Safetensors.Source("flags", try Tensor<UInt8>(shape: [2, 2], elements: [1, 2, 3, 4])),
        ]
    }

    @Test func whatTheReferenceWroteIsRead() throws {
        let file = try Safetensors(contentsOf: golden("mixed.safetensors"))
        #expect(file.metadata == ["format": "slipstream \"é\""])
        #expect(file.entries.map(\.name) == ["steps", "weights", "flags"])
        #expect(file["weights"]?.shape == [2, 3] && file["flags"]?.elementType == .uint8 && file["other"] == nil)
        #expect(try file.tensor("weights") == goldenMatrix())
        #expect(try file.tensor("steps") == Tensor<Int64>(shape: [1], elements: [12]))
        #expect(try file.tensor("flags") == Tensor<UInt8>(shape: [2, 2], elements: [1, 2, 3, 4]))
    }

    @Test func whatIsWrittenIsWhatTheReferenceWrites() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("mixed.safetensors")
        try Safetensors.write(sources(), metadata: ["format": "slipstream \"é\""], to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == goldenData("mixed.safetensors"))
    }

    @Test func buffersAndPointersGoThereAndBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state")
        let momentum = try AlignedBuffer<Double>((0..<1000).map { Double($0).squareRoot() })
        let theta = (0..<777).map { Float($0) / 3 }
        try theta.withUnsafeBufferPointer { theta in
            try Safetensors.write(
                [
                    Safetensors.Source("odd", try Tensor<UInt8>(shape: [3], elements: [1, 2, 3])),
                    Safetensors.Source("θ", shape: [7, 111], theta), Safetensors.Source("momentum", momentum),
                    Safetensors.Source("nothing", try Tensor<Int32>(shape: [0, 4])),
                ], metadata: ["epoch": "3", "newline": "a\nb\u{1}"], to: path)
        }
        let file = try Safetensors(contentsOf: path)
        #expect(file.entries.map(\.name) == ["odd", "θ", "momentum", "nothing"])
        #expect(file.metadata == ["epoch": "3", "newline": "a\nb\u{1}"])
        let readMomentum: AlignedBuffer<Double> = try file.buffer("momentum")
        #expect(readMomentum.elements.elementsEqual(momentum.elements))
        let readTheta = try AlignedBuffer<Float>(count: 777)
        try file.read("θ", into: readTheta.mutableElements)
        #expect(Array(readTheta.elements) == theta)
        #expect(try file.tensor("nothing") == Tensor<Int32>(shape: [0, 4]))
        // Every tensor lies at a multiple of its element's size, whatever the order of their names.
        for entry in file.entries { #expect(entry.range.lowerBound % entry.elementType.stride == 0) }
    }

    @Test func theSameTensorsGiveTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", "value") })
        try Safetensors.write(sources(), metadata: metadata, to: folder.file("a"))
        try Safetensors.write(sources(), metadata: metadata, to: folder.file("b"))
        #expect(FileManager.default.contentsEqual(atPath: folder.file("a"), andPath: folder.file("b")))
    }

    @Test func tensorsThatCannotBeToldApartOrDoNotFitTheirShapeAreNotWritten() throws {
        let folder = try TemporaryFolder()
        let matrix = try goldenMatrix()
        let buffer = try AlignedBuffer<Float>(count: 5)
        let bad: [[Safetensors.Source]] = [
            [Safetensors.Source("a", matrix), Safetensors.Source("a", matrix)],
            [Safetensors.Source("__metadata__", matrix)], [Safetensors.Source("a", shape: [2, 3], buffer)],
            [Safetensors.Source("a", shape: [-5], buffer)],
        ]
        for tensors in bad {
            let error = failure(FormatError.self) { try Safetensors.write(tensors, to: folder.file("bad")) }
            #expect(error?.kind == .malformed)
        }
        #expect(folder.files.isEmpty)
    }

    @Test func askingForWhatIsNotThereSaysWhatIs() throws {
        let file = try Safetensors(contentsOf: golden("mixed.safetensors"))
        let missing = try #require(failure(FormatError.self) { try file.tensor("weight") as Tensor<Float> })
        #expect(missing.kind == .missing && missing.description.contains("steps, weights, flags"))
        let type = try #require(failure(FormatError.self) { try file.tensor("weights") as Tensor<Double> })
        #expect(type.kind == .mismatched && type.detail.contains("F32") && type.detail.contains("F64"))
        let buffer = try AlignedBuffer<Float>(count: 5)
        let count = failure(FormatError.self) { try file.read("weights", into: buffer.mutableElements) }
        #expect(count?.kind == .mismatched)
    }

    private func file(_ header: String, dataCount: Int) -> Data {
        let length = UInt64(header.utf8.count)
        return Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + Data(header.utf8)
            + Data(count: dataCount)
    }

    @Test(arguments: [
        ("{}", 0), (" {}", -1), ("{}   ", 0), (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#, 4),
        (
            #"{ "a" : { "data_offsets" : [ 0 , 0 ] , "shape" : [ 0 ] , "dtype" : "U8" , "x" : [ true , null , {} ] } }"#,
            0
        ),
        (#"{"\u00e9\ud83d\ude00\/":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1),
    ])
    func unusualHeadersAreReadAsTheFormatAllows(_ header: String, _ dataCount: Int) throws {
        guard dataCount >= 0 else {
            #expect(failure(FormatError.self) { try Safetensors(file(header, dataCount: 0)) }?.kind == .malformed)
            return
        }
        #expect(try Safetensors(file(header, dataCount: dataCount)).entries.count <= 1)
    }

    @Test func escapedNamesAreRead() throws {
        let header = #"{"\u00e9\ud83d\ude00\/":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
        #expect(try Safetensors(file(header, dataCount: 1)).entries.first?.name == "é😀/")
    }

    @Test(arguments: [
        ("[]", 0), ("{", 0), (#"{"a":1}"#, 0), (#"{"a":{}}"#, 0), (#"{"__metadata__":{"a":1}}"#, 0),
        (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0), (#"{"__metadata__":[]}"#, 0), ("{} {}", 0),
        // A name twice, a member twice.
        (
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
            2
        ),
        (#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1),
        // Another number of bytes than the shape takes.
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0),
        // Gaps, overlaps, bytes that belong to nobody.
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2),
        (
            #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
            3
        ),
        (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 2),
        // Not JSON.
        (#"{"a"}"#, 0), (#"{"a":tru}"#, 0), (#"{"\x":1}"#, 0), (#"{"\ud83d":1}"#, 0), (#"{"a":+1}"#, 0),
        ("{\"a\n\":1}", 0),
    ])
    func headersThatContradictThemselvesAreMalformed(_ header: String, _ dataCount: Int) {
        #expect(failure(FormatError.self) { try Safetensors(file(header, dataCount: dataCount)) }?.kind == .malformed)
    }

    @Test func aDeeplyNestedHeaderDoesNotExhaustTheStack() {
        let header = "{\"a\":" + String(repeating: "[", count: 1_000_000)
        #expect(failure(FormatError.self) { try Safetensors(file(header, dataCount: 0)) }?.kind == .malformed)
    }

    @Test func anInvalidByteInANameIsMalformed() {
        var data = file(#"{"?":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, dataCount: 1)
        data[10] = 0xff
        #expect(failure(FormatError.self) { try Safetensors(data) }?.kind == .malformed)
    }

    @Test func elementTypesThatAreNotReadAreNamed() throws {
        let header = #"{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}"#
        let error = try #require(failure(FormatError.self) { try Safetensors(file(header, dataCount: 2)) })
        #expect(error.kind == .unsupported)
        #expect(error.detail.contains("BF16") && error.detail.contains("F32, F64, I32, I64, U8"))
    }

    @Test func impossibleHeaderLengthsAreRefused() {
        for length: UInt64 in [0, 1, 100_000_001, 1 << 40, .max] {
            let data = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + Data("{}".utf8)
            #expect(failure(FormatError.self) { try Safetensors(data) }?.kind == .malformed)
        }
    }
}
