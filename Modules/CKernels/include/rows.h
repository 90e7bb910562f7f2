#ifndef SLIPSTREAM_ROWS_H
#define SLIPSTREAM_ROWS_H

#include <stddef.h>

/// y[r] = Σ_c a[r * columns + c] x[c]: a matrix, row by row, times a vector.
void ck_rows_dot_f64(const double *a, size_t rows, size_t columns, const double *x, double *y);

/// y[c] += Σ_r weights[r] a[r * columns + c]: the transposed matrix times a vector. `y` overlaps none of the others.
void ck_add_rows_f64(const double *a, size_t rows, size_t columns, const double *weights, double *y);

/// y[i] = scale y[i] + factor x[i] + offset[i]; offset may be NULL for zeros. `y` overlaps none of the others.
void ck_scale_and_add_f64(double scale, double *y, double factor, const double *x, const double *offset, size_t n);

#endif
