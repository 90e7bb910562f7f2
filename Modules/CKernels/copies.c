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

CK_INLINE void copy_block(const float *x, ck_axis rows, ck_axis columns, float *y) {
    if (columns.to == 1 && columns.from == 1) {
        copy_rows(x, rows, columns, y);
    } else if (columns.to == 1 && columns.from == 0) {
        fill_rows(x, rows, columns, y);
    } else if (columns.to == 1 && rows.from == 1 && columns.size >= 16 && rows.size >= 16) {
        ck_transpose_f32(x, columns.size, rows.size, columns.from, y, rows.to);
    } else if (columns.to == 1) {
        columns.to = 1;
        copy_places(x, rows, columns, y);
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
