#ifndef SLIPSTREAM_CONNXPROTO_H
#define SLIPSTREAM_CONNXPROTO_H

#include "onnx.pb-c.h"

#endif
