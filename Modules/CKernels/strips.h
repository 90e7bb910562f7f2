// Loops over rows of channels, a strip of channels at a time, so that what is summed or compared stays in registers.
#ifndef SLIPSTREAM_STRIPS_H
#define SLIPSTREAM_STRIPS_H

#include "vectors.h"

enum { CK_STRIP = 64 };

CK_INLINE intptr_t ck_least(intptr_t a, intptr_t b) { return a < b ? a : b; }

// The width of the next strip of so many channels.
CK_INLINE intptr_t ck_strip_width(intptr_t left) {
    return left >= CK_STRIP ? CK_STRIP : left >= CK_STRIP / 2 ? CK_STRIP / 2 : left >= CK_STRIP / 4 ? CK_STRIP / 4 : left;
}

// Calls a function whose last argument is a strip's width with a constant, so that its loops unroll.
#define CK_WITH_WIDTH(width, f, ...)                            \
    switch (width) {                                            \
        case CK_STRIP: f(__VA_ARGS__, CK_STRIP); break;         \
        case CK_STRIP / 2: f(__VA_ARGS__, CK_STRIP / 2); break; \
        case CK_STRIP / 4: f(__VA_ARGS__, CK_STRIP / 4); break; \
        default: f(__VA_ARGS__, width); break;                  \
    }

#endif
