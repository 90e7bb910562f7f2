#ifndef SLIPSTREAM_NORMALIZATION_H
#define SLIPSTREAM_NORMALIZATION_H

#include <stddef.h>
#include <stdint.h>

#endif
