import Datasets

extension Classifier {
    /// Checks that a data set can be trained or measured on.
    ///
    /// - Parameters:
    ///   - dataset: the data.
    ///   - batchSize: how many of its images come at a time; the last batch may be smaller.
    ///   - checksLabels: whether every label must have a logit; predictions need none.
    /// - Throws: ``TrainingError`` for data without images, with images of another shape, with labels beyond the logits,
    ///   or that does not come in batches of the network's fixed size.
    func check(_ dataset: any Dataset, batchSize: Int, checksLabels: Bool) throws(TrainingError) {
        guard dataset.count > 0 else { throw .noImages(data: dataset.name) }
        let shape = dataset.imageShape.dimensions
        guard shape == imageShape else { throw .imageShape(model: ["N"] + imageShape.map(String.init), data: shape) }
        if checksLabels, dataset.classCount > classes {
            throw .tooFewOutputs(logits: classes, classes: dataset.classCount, data: dataset.name)
        }
        if let fixedBatch, batchSize != fixedBatch || dataset.count % fixedBatch != 0 {
            throw .bakedBatch(model: fixedBatch, asked: batchSize, images: dataset.count)
        }
    }
}
