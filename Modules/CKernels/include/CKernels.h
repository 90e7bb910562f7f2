// Loops over float and double buffers. Every function is pure arithmetic: no allocation, no thread, no error.
#ifndef SLIPSTREAM_CKERNELS_H
#define SLIPSTREAM_CKERNELS_H

#include "combinations.h"
#include "elementwise.h"
#include "layouts.h"
#include "normalization.h"
#include "pooling.h"
#include "processors.h"
#include "reductions.h"
#include "updates.h"

#endif
