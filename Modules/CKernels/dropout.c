#include "dropout.h"

#include "dispatch.h"
#include "vectors.h"

enum { BLOCKS = 16 };

// The words of sixteen blocks, word by word: the same arithmetic on all of them.
CK_INLINE void philox_blocks(uint64_t seed, uint64_t stream, uint64_t block, uint32_t words[4][BLOCKS]) {
    for (int b = 0; b < BLOCKS; b++) {
        uint32_t c0 = (uint32_t)(block + (uint64_t)b), c1 = (uint32_t)((block + (uint64_t)b) >> 32);
        uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        words[0][b] = c0;
        words[1][b] = c1;
        words[2][b] = c2;
        words[3][b] = c3;
    }
}

CK_CLONES void ck_dropout_mask_f32(
    uint64_t seed, uint64_t stream, uint64_t first, uint64_t threshold, float factor, float *mask, size_t n) {
    uint32_t words[4][BLOCKS];
    for (size_t done = 0; done < n; done += 4 * BLOCKS) {
        philox_blocks(seed, stream, (first + done) / 4, words);
        size_t count = n - done < 4 * BLOCKS ? n - done : 4 * BLOCKS;
        for (size_t i = 0; i < count; i++) mask[done + i] = words[i % 4][i / 4] >= threshold ? factor : 0;
    }
}
