#ifndef SLIPSTREAM_POOLING_H
#define SLIPSTREAM_POOLING_H

#include <stddef.h>
#include <stdint.h>

#endif
