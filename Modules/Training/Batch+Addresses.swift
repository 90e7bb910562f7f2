import Datasets

extension Batch {
    /// Where a program finds the images and the labels.
    var addresses: [UnsafeRawPointer] {
        guard let images = images.baseAddress, let labels = labels.baseAddress else { return [] }
        return [UnsafeRawPointer(images), UnsafeRawPointer(labels)]
    }
}
