import Graphs
import Layers
import Testing

/// What is published of each network: parameters to the last one, and multiply-adds as far as digits are given.
///
/// Sources: the table of weights of torchvision 0.20 (AlexNet, VGG, ResNet, DenseNet, Inception-v3), timm's results and
/// model (Inception-ResNet-v2), github.com/kuangliu/pytorch-cifar (residual networks for CIFAR); the rest by hand from
/// the layers.
@Suite struct PublishedFigureTests {
    struct Figures: CustomTestStringConvertible {
        let name: String
        let side: Int
        let classes: Int
        let parameters: Int
        /// Multiply-adds of an image in units of 10⁹, and the unit of the last digit that is given.
        var multiplyAdds: (billions: Double, unit: Double)?

        init(
            _ name: String, _ side: Int, _ classes: Int, _ parameters: Int, _ billions: Double? = nil,
            unit: Double = 0.01
        ) {
            self.name = name
            self.side = side
            self.classes = classes
            self.parameters = parameters
            multiplyAdds = billions.map { ($0, unit) }
        }

        var testDescription: String { name }
    }

    static let all = [
        Figures("lenet", 28, 10, 61_706), Figures("small-cnn", 28, 10, 421_642),
        Figures("alexnet-reduced", 32, 10, 3_521_098),
        Figures("alexnet", 224, 1000, 61_100_840, 0.71),
        Figures("vgg16", 224, 1000, 138_357_544, 15.47), Figures("vgg16-cifar", 32, 10, 14_719_818),
        Figures("vgg16-bn", 224, 1000, 138_365_992, 15.47), Figures("vgg16-bn-cifar", 32, 10, 14_728_266),
        Figures("vgg19", 224, 1000, 143_667_240, 19.63), Figures("vgg19-cifar", 32, 10, 20_029_514),
        Figures("vgg19-bn", 224, 1000, 143_678_248, 19.63), Figures("vgg19-bn-cifar", 32, 10, 20_040_522),
        Figures("resnet18", 224, 1000, 11_689_512, 1.81), Figures("resnet18-cifar", 32, 10, 11_173_962),
        Figures("resnet34", 224, 1000, 21_797_672, 3.66), Figures("resnet34-cifar", 32, 10, 21_282_122),
        Figures("resnet50", 224, 1000, 25_557_032, 4.09), Figures("resnet50-cifar", 32, 10, 23_520_842),
        Figures("resnet101", 224, 1000, 44_549_160, 7.80), Figures("resnet101-cifar", 32, 10, 42_512_970),
        Figures("resnet152", 224, 1000, 60_192_808, 11.51), Figures("resnet152-cifar", 32, 10, 58_156_618),
        Figures("densenet121", 224, 1000, 7_978_856, 2.83),
        Figures("inception-v3", 299, 1000, 23_834_568, 5.71),
        Figures("inception-resnet-v2", 299, 1000, 55_843_464, 13.2, unit: 0.1),
    ]

    @Test(arguments: all) func parametersAndMultiplyAddsAreThePublishedOnes(_ figures: Figures) throws {
        let isGrey = ["lenet", "small-cnn"].contains(figures.name)
        let graph = try Architecture.named(figures.name).graph(
            input: [isGrey ? 1 : 3, figures.side, figures.side], classes: figures.classes)
        #expect(try graph.parameterLayout().trainableCount == figures.parameters)
        if let (billions, unit) = figures.multiplyAdds {
            #expect(abs(Double(graph.multiplyAdds) / 1e9 - billions) <= unit / 2)
        }
    }

    @Test func everyNetworkIsInTheTable() {
        #expect(Self.all.map(\.name) == Architecture.all.map(\.name))
    }

    @Test func inceptionResNetDiffersFromKerasByItsScales() throws {
        let layout = try Architecture.named("inception-resnet-v2").graph(input: [3, 299, 299], classes: 1000)
            .parameterLayout()
        let scales = layout.segments.filter { $0.kind == .scale }.map(\.count).reduce(0, +)
        let statistics = layout.count - layout.trainableCount
        #expect(layout.trainableCount - scales + statistics == 55_873_736)
    }
}
