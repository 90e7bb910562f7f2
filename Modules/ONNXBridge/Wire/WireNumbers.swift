/// The field numbers that edits have to know; they are those of `onnx.proto`.
enum WireNumber {
    enum Model {
        static let graph = 7
        static let functions = 25
    }
    enum Graph {
        static let node = 1
        static let initializer = 5
        static let valueInfo = 13
    }
    enum Function {
        static let node = 7
        static let valueInfo = 12
    }
    enum Node {
        static let input = 1
        static let output = 2
        static let opType = 4
        static let attribute = 5
    }
    enum Attribute {
        static let name = 1
        static let float = 2
        static let tensor = 5
        static let graph = 6
        static let floats = 7
        static let tensors = 10
        static let graphs = 11
        static let type = 20
    }
    enum Tensor {
        static let dims = 1
        static let dataType = 2
        static let floatData = 4
        static let int32Data = 5
        static let stringData = 6
        static let int64Data = 7
        static let rawData = 9
        static let doubleData = 10
        static let uint64Data = 11
        static let externalData = 13
        static let dataLocation = 14
    }
    enum Entry {
        static let key = 1
        static let value = 2
    }
}
