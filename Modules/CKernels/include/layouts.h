#ifndef SLIPSTREAM_LAYOUTS_H
#define SLIPSTREAM_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

#endif
