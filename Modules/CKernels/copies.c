#include "copies.h"

#include "dispatch.h"
#include "layouts.h"
#include "vectors.h"

typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));

// The last vector of a run overlaps the one before it: no element is copied by itself unless there are fewer than four.
CK_INLINE void copy_run(float *restrict to, const float *restrict from, intptr_t n) {
    if (n >= 16) {
        for (intptr_t k = 0; k + 16 <= n; k += 16) CK_AT16(to + k) = *(const ck_v16 *)(from + k);
        CK_AT16(to + n - 16) = *(const ck_v16 *)(from + n - 16);
    } else if (n >= 8) {
        *(v8 *)to = *(const v8 *)from;
        *(v8 *)(to + n - 8) = *(const v8 *)(from + n - 8);
    } else if (n >= 4) {
        *(v4 *)to = *(const v4 *)from;
        *(v4 *)(to + n - 4) = *(const v4 *)(from + n - 4);
    } else {
        for (intptr_t k = 0; k < n; k++) to[k] = from[k];
    }
}

CK_INLINE void copy_rows(const float *x, ck_axis rows, ck_axis columns, float *y) {
    for (intptr_t r = 0; r < rows.size; r++) copy_run(y + r * rows.to, x + r * rows.from, columns.size);
}

CK_INLINE void fill_rows(const float *x, ck_axis rows, ck_axis columns, float *y) {
    for (intptr_t r = 0; r < rows.size; r++) {
        const float value = x[r * rows.from];
        float *restrict line = y + r * rows.to;
        for (intptr_t c = 0; c < columns.size; c++) line[c] = value;
    }
}

CK_INLINE void copy_places(const float *x, ck_axis rows, ck_axis columns, float *y) {
    for (intptr_t r = 0; r < rows.size; r++)
        for (intptr_t c = 0; c < columns.size; c++)
            y[r * rows.to + c * columns.to] = x[r * rows.from + c * columns.from];
}

// y[2r], y[2r + 1] = a[r], b[r]: two groups of channels shuffled.
CK_INLINE void interleave(const float *a, const float *b, intptr_t n, float *restrict y) {
    intptr_t r = 0;
    for (; r + 16 <= n; r += 16) {
        ck_v16 left = *(const ck_v16 *)(a + r), right = *(const ck_v16 *)(b + r);
        CK_AT16(y + 2 * r) =
            __builtin_shufflevector(left, right, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        CK_AT16(y + 2 * r + 16) =
            __builtin_shufflevector(left, right, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (; r < n; r++) y[2 * r] = a[r], y[2 * r + 1] = b[r];
}

// a[c], b[c] = x[2c], x[2c + 1]: and back.
CK_INLINE void separate(const float *x, intptr_t n, float *restrict a, float *restrict b) {
    intptr_t c = 0;
    for (; c + 16 <= n; c += 16) {
        ck_v16 left = *(const ck_v16 *)(x + 2 * c), right = *(const ck_v16 *)(x + 2 * c + 16);
        CK_AT16(a + c) =
            __builtin_shufflevector(left, right, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        CK_AT16(b + c) =
            __builtin_shufflevector(left, right, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    }
    for (; c < n; c++) a[c] = x[2 * c], b[c] = x[2 * c + 1];
}

CK_INLINE void copy_block(const float *x, ck_axis rows, ck_axis columns, float *y) {
    if (columns.to == 1 && columns.from == 1) {
        copy_rows(x, rows, columns, y);
    } else if (columns.to == 1 && columns.from == 0) {
        fill_rows(x, rows, columns, y);
    } else if (columns.to == 1 && rows.from == 1 && columns.size >= 16 && rows.size >= 16) {
        ck_transpose_f32(x, columns.size, rows.size, columns.from, y, rows.to);
    } else if (columns.to == 1 && rows.from == 1 && columns.size == 2 && rows.to == 2) {
        interleave(x, x + columns.from, rows.size, y);
    } else if (columns.to == 1 && rows.from == 1 && rows.size == 2 && columns.from == 2) {
        separate(x, columns.size, y, y + rows.to);
    } else {
        copy_places(x, rows, columns, y);
    }
}

CK_CLONES void ck_copy_axes_f32(
    const float *x, const ck_axis *axes, intptr_t rank, intptr_t part, intptr_t first, intptr_t count, float *y) {
    ck_axis walked[CK_MOST_AXES];
    intptr_t index[CK_MOST_AXES] = {0};
    for (intptr_t a = 0; a < rank; a++) {
        walked[a] = axes[a];
        if (axes[a].size == 0) return;
    }
    x += first * axes[part].from;
    y += first * axes[part].to;
    walked[part].size = count;
    if (count == 0) return;
    const ck_axis rows = walked[rank - 2], columns = walked[rank - 1];
    for (;;) {
        copy_block(x, rows, columns, y);
        intptr_t a = rank - 3;
        for (; a >= 0; a--) {
            x += walked[a].from;
            y += walked[a].to;
            if (++index[a] < walked[a].size) break;
            x -= walked[a].size * walked[a].from;
            y -= walked[a].size * walked[a].to;
            index[a] = 0;
        }
        if (a < 0) return;
    }
}
