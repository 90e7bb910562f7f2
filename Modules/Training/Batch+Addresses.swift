import Datasets

extension Batch {
    /// Lists where the images and the labels lie, as a program takes them. The list's memory serves every batch.
    func list(in addresses: inout [UnsafeRawPointer], withLabels: Bool = true) {
        addresses.removeAll(keepingCapacity: true)
        if let images = images.baseAddress { addresses.append(UnsafeRawPointer(images)) }
        if withLabels, let labels = labels.baseAddress { addresses.append(UnsafeRawPointer(labels)) }
    }
}
