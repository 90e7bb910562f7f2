#ifndef SLIPSTREAM_CONNXCHECK_H
#define SLIPSTREAM_CONNXCHECK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What libonnx says of a model.
typedef enum slip_onnx_verdict {
    SLIP_ONNX_VALID = 0,
    // A rule of ONNX is broken; the message says which.
    SLIP_ONNX_INVALID = 1,
    // The file format or an operator set is newer than this libonnx, so it cannot judge.
    SLIP_ONNX_NEWER = 2,
    // The bytes are no ONNX model, or the file cannot be read.
    SLIP_ONNX_UNREADABLE = 3,
    // libonnx itself failed: out of memory, say.
    SLIP_ONNX_FAILED = 4,
} slip_onnx_verdict;

// The release of the libonnx that this was compiled against, such as "1.12.0". Static storage.
const char *slip_onnx_release(void);

// The newest file format version that it knows.
int64_t slip_onnx_newest_ir_version(void);

// The newest version of an operator set that it knows, or 0 for a domain that it does not know. The standard
// operators' domain is "" (NULL and "ai.onnx" mean the same).
int64_t slip_onnx_newest_opset(const char *domain);

// Checks a serialised model of `size` bytes, which must keep its values inside: structure, operators, attributes, and
// with `infer_shapes` not 0 also that all shapes and types can be inferred and agree. Writes a NUL-terminated message
// of less than `capacity` bytes (empty for a valid model). Any thread; no exception leaves it.
slip_onnx_verdict slip_onnx_check_bytes(
    const void *bytes, size_t size, int infer_shapes, char *message, size_t capacity);

// The same for a file, whose external data is looked for beside it.
slip_onnx_verdict slip_onnx_check_file(const char *path, int infer_shapes, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
