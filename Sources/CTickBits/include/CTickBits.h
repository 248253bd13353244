#ifndef SLUICE_TICK_BITS_H
#define SLUICE_TICK_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Swift's vectors have no way from a comparison to a word of bits that compiles to the one instruction that
// processors have for it; clang's have.

typedef uint32_t sluice_ticks __attribute__((ext_vector_type(16), aligned(16)));
typedef bool sluice_tick_flags __attribute__((ext_vector_type(16)));

static inline uint32_t sluice_fits16(const uint32_t *free, uint32_t need, uint32_t guards) {
    sluice_ticks left = (*(const sluice_ticks *)free - need) & guards;
    sluice_tick_flags flags = __builtin_convertvector(left == guards, sluice_tick_flags);
    uint16_t bits;
    memcpy(&bits, &flags, sizeof bits);
    return bits;
}

/// One bit for each of 32 ticks, the first one lowest: set where subtracting `need` loses none of the `guards`.
/// `free` is aligned to 16 bytes.
static inline uint32_t sluice_fits32(const uint32_t *free, uint32_t need, uint32_t guards) {
    return sluice_fits16(free, need, guards) | sluice_fits16(free + 16, need, guards) << 16;
}

/// Subtracts 16 amounts from 16 ticks; `free` is aligned to 16 bytes, `amounts` need not be.
static inline void sluice_take16(uint32_t *free, const uint32_t *amounts) {
    sluice_ticks taken;
    memcpy(&taken, amounts, sizeof taken);
    *(sluice_ticks *)free -= taken;
}

#endif
