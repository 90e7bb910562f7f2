/// The field numbers that reading and writing have to know; they are those of `onnx.proto`.
enum WireNumber {
    enum Model {
        static let irVersion = 1
        static let producerName = 2
        static let graph = 7
        static let opsetImport = 8
        static let functions = 25
    }
    enum Opset {
        static let domain = 1
        static let version = 2
    }
    enum Graph {
        static let node = 1
        static let name = 2
        static let initializer = 5
        static let input = 11
        static let output = 12
        static let valueInfo = 13
    }
    enum Function {
        static let node = 7
        static let attributeDefault = 11
        static let valueInfo = 12
    }
    enum Node {
        static let input = 1
        static let output = 2
        static let name = 3
        static let opType = 4
        static let attribute = 5
    }
    enum Attribute {
        static let name = 1
        static let float = 2
        static let int = 3
        static let string = 4
        static let tensor = 5
        static let graph = 6
        static let floats = 7
        static let ints = 8
        static let tensors = 10
        static let graphs = 11
        static let type = 20
    }
    /// What ``Attribute/type`` says.
    enum AttributeKind {
        static let float = 1
        static let int = 2
        static let string = 3
        static let tensor = 4
        static let ints = 7
    }
    enum Tensor {
        static let dims = 1
        static let dataType = 2
        static let floatData = 4
        static let int32Data = 5
        static let stringData = 6
        static let int64Data = 7
        static let name = 8
        static let rawData = 9
        static let doubleData = 10
        static let uint64Data = 11
        static let externalData = 13
        static let dataLocation = 14
    }
    /// A value's name and type, and what the type is made of.
    enum Value {
        static let name = 1
        static let type = 2
        static let tensorType = 1
        static let elementType = 1
        static let shape = 2
        static let dimension = 1
        static let size = 1
        static let symbol = 2
    }
    enum Entry {
        static let key = 1
        static let value = 2
    }
}
