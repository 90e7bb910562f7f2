// Loops over float and double buffers. Every function is pure arithmetic: no allocation, no thread, no error. The one
// exception is parallel.h, which runs such loops on several threads.
#ifndef SLIPSTREAM_CKERNELS_H
#define SLIPSTREAM_CKERNELS_H

#include "combinations.h"
#include "convolution.h"
#include "copies.h"
#include "dropout.h"
#include "elementwise.h"
#include "functions.h"
#include "halves.h"
#include "images.h"
#include "layouts.h"
#include "normalization.h"
#include "parallel.h"
#include "pooling.h"
#include "processors.h"
#include "reductions.h"
#include "rows.h"
#include "sampling.h"
#include "softmax.h"
#include "standardization.h"
#include "updates.h"

#endif
