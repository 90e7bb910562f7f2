#ifndef SLIPSTREAM_CONNXPROTO_H
#define SLIPSTREAM_CONNXPROTO_H

#include "onnx.pb-c.h"

// The schema's root as a pointer: Swift cannot take the address of a C constant.
static inline const ProtobufCMessageDescriptor *slip_onnx_model_descriptor(void) {
    return &slip_onnx__model_proto__descriptor;
}

// The schema of the messages that hold constant arrays.
static inline const ProtobufCMessageDescriptor *slip_onnx_tensor_descriptor(void) {
    return &slip_onnx__tensor_proto__descriptor;
}

#endif
