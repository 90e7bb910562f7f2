#ifndef SLIPSTREAM_UPDATES_H
#define SLIPSTREAM_UPDATES_H

#include <stddef.h>
#include <stdint.h>

#endif
