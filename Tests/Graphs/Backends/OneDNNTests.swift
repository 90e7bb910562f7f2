#if OneDNN
    import Buffers
    import Graphs
    import OneDNN
    import OpenBLAS
    import Tensors
    import Testing
    import Vectorized

    /// oneDNN, and what it declines to.
    let backendsWithOneDNN = BackendList([OneDNNBackend(), OpenBLASBackend(), VectorizedBackend()])

    @Suite struct OneDNNTests {
        typealias Case = ConvolutionSweepTests.Case

        static func square(
            _ images: [Int], _ outputs: Int, _ kernel: Int, stride: Int = 1, dilation: Int = 1, groups: Int = 1,
            relu: Bool = true, bias: Bool = true
        ) -> Case {
            Case(
                images: images, weights: [outputs, images[1] / groups, kernel, kernel],
                window: Window(
                    kernel: [kernel, kernel], strides: [stride, stride], dilations: [dilation, dilation],
                    padding: .all(dilation * (kernel / 2))),
                groups: groups, relu: relu, bias: bias)
        }

        static func run(_ graph: Graph, _ inputs: [[Double]], _ backends: BackendList, workers: Int) throws
            -> BackendRun
        {
            try BackendRun(graph, inputs: inputs, backends: backends, workers: Workers(workers), as: Float.self)
        }

        @Test func autoAsksItFirst() throws {
            let registry = PluginRegistry()
            Vectorized.register(in: registry)
            OpenBLAS.register(in: registry)
            OneDNN.register(in: registry)
            let names = try BackendList.named("auto", in: registry).backends.map(\.name)
            #expect(names == ["onednn", "openblas", "vectorized", "reference"])
        }

        /// Most are oneDNN's, the rest another backend's: all have to be right.
        @Test(arguments: 0..<4)
        func smallConvolutionsOfAnyGeometryEqualTheReference(batch: Int) throws {
            var random = Philox(seed: 17, stream: UInt64(batch))
            var kernels: [String] = []
            for round in 0..<60 {
                kernels += try ConvolutionSweepTests.check(
                    .random(&random), &random, workers: Workers(1 + round % 3), backends: backendsWithOneDNN)
            }
            let own = kernels.count { $0.hasPrefix("onednn") }
            #expect(3 * own > kernels.count, "\(own) of \(kernels.count)")
        }

        /// Tiles that hang over the edge, results that are smaller than the image, filters of another number than channels.
        @Test func winogradsAlgorithmEqualsTheReference() throws {
            var random = Philox(seed: 19)
            let window = Window(kernel: [3, 3])
            for test in [
                Self.square([16, 128, 11, 13], 144, 3), Self.square([9, 64, 9, 10], 80, 3),
                Self.square([17, 144, 12, 12], 128, 3, bias: false),
                Case(
                    images: [24, 128, 12, 11], weights: [128, 128, 3, 3], window: window, groups: 1, relu: true,
                    bias: true),
            ] {
                let kernels = try ConvolutionSweepTests.check(
                    test, &random, workers: Workers(2), backends: backendsWithOneDNN)
                // oneDNN 3 has no such kernels any more; its other ones are held to the same reference.
                let fewest = OneDNNBackend.version.hasPrefix("2.") ? 2 : 0
                #expect(kernels.count { $0.hasSuffix("_winograd") } >= fewest, "\(kernels)")
            }
        }

        /// The shapes of common networks: oneDNN takes the result and both gradients.
        @Test(arguments: [1, 2, 3])
        func commonConvolutionsEqualTheReference(workers: Int) throws {
            var random = Philox(seed: 18)
            for test in [
                Self.square([4, 3, 32, 32], 16, 3), Self.square([5, 64, 17, 17], 96, 3, stride: 2),
                Self.square([3, 200, 9, 9], 72, 1, relu: false), Self.square([6, 96, 12, 12], 100, 1, stride: 2),
                Self.square([3, 3, 60, 60], 16, 7, stride: 2, bias: false),
                Self.square([7, 40, 14, 14], 160, 3, relu: false, bias: false),
                Self.square([4, 32, 15, 15], 32, 3, dilation: 2), Self.square([3, 130, 8, 8], 130, 5),
                Self.square([3, 64, 13, 13], 64, 3, groups: 2), Self.square([5, 48, 24, 24], 48, 3, groups: 48),
            ] {
                let kernels = try ConvolutionSweepTests.check(
                    test, &random, workers: Workers(workers), backends: backendsWithOneDNN)
                #expect(kernels.count == 3 && kernels.allSatisfy { $0.hasPrefix("onednn") }, "\(test): \(kernels)")
            }
        }

        /// Results of many floats are computed some images at a time, then passed through ReLU.
        @Test func aWorkersImagesInSeveralRunsEqualTheReference() throws {
            var random = Philox(seed: 19)
            for images in [5, 14] {
                try ConvolutionSweepTests.check(
                    Self.square([images, 16, 40, 40], 24, 3), &random, workers: Workers(2),
                    backends: backendsWithOneDNN)
            }
        }

        /// Then workers share the rows of an image.
        @Test(arguments: [2, 3, 4])
        func fewerImagesThanWorkersEqualTheReference(workers: Int) throws {
            var random = Philox(seed: 20)
            for images in 1..<workers {
                for test in [
                    Self.square([images, 16, 19, 11], 32, 3), Self.square([images, 16, 19, 11], 32, 3, stride: 2),
                    Self.square([images, 24, 8, 8], 48, 1), Self.square([images, 3, 32, 32], 16, 7, stride: 2),
                    Self.square([images, 16, 12, 12], 16, 3, dilation: 3),
                ] {
                    let kernels = try ConvolutionSweepTests.check(
                        test, &random, workers: Workers(workers), backends: backendsWithOneDNN)
                    #expect(kernels.first?.hasPrefix("onednn") == true, "\(test): \(kernels)")
                }
            }
        }

        /// One row for three workers, and windows that see nothing but padding, are left to others.
        @Test func whatCannotBeSharedOutEqualsTheReference() throws {
            var random = Philox(seed: 21)
            let wide = Case(
                images: [1, 16, 1, 40], weights: [16, 16, 1, 3], window: Window(kernel: [1, 3], padding: .all(0)),
                groups: 1, relu: true, bias: true)
            let padded = Case(
                images: [1, 16, 4, 4], weights: [16, 16, 3, 3], window: Window(kernel: [3, 3], padding: .all(6)),
                groups: 1, relu: true, bias: true)
            for test in [wide, padded] {
                let kernels = try ConvolutionSweepTests.check(
                    test, &random, workers: Workers(3), backends: backendsWithOneDNN)
                #expect(kernels.count == 3)
            }
        }

        @Test func resultsAreTheSameBitsOnEveryRun() throws {
            var random = Philox(seed: 22)
            for workers in [1, 2, 3] {
                let graph = try Self.square([7, 24, 19, 19], 40, 3, relu: false).graph()
                let inputs = graph.inputs.map { random.normals(graph.type(of: $0)?.count ?? 0) }
                let runs = try (0..<3).map { _ in try Self.run(graph, inputs, backendsWithOneDNN, workers: workers) }
                #expect(runs[0].kernels.allSatisfy { $0.hasPrefix("onednn") || !$0.contains("convolution") })
                #expect(
                    runs[0].results == runs[1].results && runs[1].results == runs[2].results, "\(workers) workers")
            }
        }

        /// A network that diverged must show it, also where ReLU is part of the convolution.
        @Test func whatIsNoNumberStaysNoNumberBehindRelu() throws {
            var graph = Graph(name: "nan")
            let x = graph.addInput("x", shape: [2, 16, 8, 8])
            let w = graph.addInput("w", shape: [16, 16, 3, 3])
            let convolution = Convolution(window: Window(kernel: [3, 3], padding: .all(1)), activation: .relu)
            graph.addOutput(try graph.apply(convolution, x, w))
            var random = Philox(seed: 23)
            var inputs = [random.normals(2 * 16 * 64), random.normals(16 * 16 * 9)]
            // The pixel (0, 0) of channel 5 of the second image.
            inputs[0][16 * 64 + 5 * 64] = .nan
            for workers in [1, 2, 3] {
                let run = try Self.run(graph, inputs, backendsWithOneDNN, workers: workers)
                #expect(run.kernels.contains("onednn.convolution"))
                let expected = (0..<16).flatMap { channel in
                    [0, 1, 8, 9].map { 16 * 64 + channel * 64 + $0 }
                }
                let found = run.results[0].indices.filter { run.results[0][$0].isNaN }
                #expect(found == expected, "\(workers) workers")
            }
        }

        /// oneDNN makes a table of a call's operands; nothing else is asked for, and nothing that grows with the images.
        @Test func aRunAllocatesLittle() throws {
            let (perRun, kernels) = try AllocationTests.allocations(
                workers: .serial, backends: backendsWithOneDNN)
            let own = kernels.count { $0.hasPrefix("onednn") }
            #expect(own >= 6, "\(kernels)")
            #expect(perRun <= Double(24 * own), "\(perRun) for \(own) kernels of oneDNN's")
        }

        @Test func doublePrecisionIsLeftToOthers() throws {
            let graph = try Self.square([2, 16, 8, 8], 16, 3).graph()
            var random = Philox(seed: 24)
            let inputs = graph.inputs.map { random.normals(graph.type(of: $0)?.count ?? 0) }
            let run = try BackendRun(
                graph, inputs: inputs, backends: backendsWithOneDNN, workers: .serial, as: Double.self)
            #expect(!run.kernels.contains { $0.hasPrefix("onednn") })
        }

        @Test func theLibraryNamesItsVersion() {
            let numbers = OneDNNBackend.version.split(separator: ".").compactMap { Int($0) }
            #expect(numbers.count == 3 && numbers[0] >= 2)
        }
    }
#endif
