#include "rows.h"

#include "dispatch.h"
#include "reductions.h"

CK_CLONES void ck_rows_dot_f64(const double *a, size_t rows, size_t columns, const double *x, double *y) {
    for (size_t r = 0; r < rows; r++) y[r] = ck_dot_f64(a + r * columns, x, columns);
}

CK_CLONES void ck_add_rows_f64(
    const double *a, size_t rows, size_t columns, const double *weights, double *restrict y) {
    size_t r = 0;
    // Four rows a pass: the sums are read and written a quarter as often.
    for (; r + 4 <= rows; r += 4) {
        const double *p = a + r * columns, *q = p + columns, *s = q + columns, *t = s + columns;
        double u = weights[r], v = weights[r + 1], w = weights[r + 2], z = weights[r + 3];
        for (size_t c = 0; c < columns; c++) y[c] += (u * p[c] + v * q[c]) + (w * s[c] + z * t[c]);
    }
    for (; r < rows; r++) {
        const double *p = a + r * columns;
        double weight = weights[r];
        for (size_t c = 0; c < columns; c++) y[c] += weight * p[c];
    }
}

CK_CLONES void ck_scale_and_add_f64(
    double scale, double *restrict y, double factor, const double *x, const double *offset, size_t n) {
    if (offset)
        for (size_t i = 0; i < n; i++) y[i] = scale * y[i] + factor * x[i] + offset[i];
    else
        for (size_t i = 0; i < n; i++) y[i] = scale * y[i] + factor * x[i];
}
