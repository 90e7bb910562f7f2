#ifndef SLIPSTREAM_ELEMENTWISE_H
#define SLIPSTREAM_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

#endif
