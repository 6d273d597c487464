/* Merkle trees that only grow (RFC 6962, section 2.1): one root says what all leaves are and in
 * which order, and a handful of hashes proves that a leaf is among them, or that an older tree is
 * the beginning of a newer one.
 *
 *     leaf = SHA-256(0x00 || data)        node = SHA-256(0x01 || left || right)
 *
 * A tree of n leaves has on its left the largest power of two below n; the empty one's root is the
 * hash of nothing. */
#ifndef CORE_MERKLE_H
#define CORE_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/sha256.h"

struct hash {
    uint8_t bytes[SHA256_SIZE];
};

static inline bool hash_equal(const struct hash *a, const struct hash *b) {
    return memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}

struct hash merkle_leaf(struct str data);
struct hash merkle_root_of(const struct hash *leaves, size_t count);

/* --- growing, without the leaves --- */

enum { MERKLE_PEAKS_MAX = 48, MERKLE_PROOF_MAX = 2 * MERKLE_PEAKS_MAX };

/* The roots of the complete trees of which a tree consists, the largest first: as many as its size
 * has bits that are set. */
struct merkle_edge {
    uint64_t size; /* leaves */
    struct hash peaks[MERKLE_PEAKS_MAX];
};

/* How many peaks a tree of so many leaves has. */
size_t merkle_peaks(uint64_t size);
void merkle_add(struct merkle_edge *edge, const struct hash *leaf);
struct hash merkle_root(const struct merkle_edge *edge);

/* --- proofs --- */

struct merkle_proof {
    struct hash path[MERKLE_PROOF_MAX];
    size_t count;
};

/* That leaf `index` is in the tree of all of them. */
void merkle_prove_inclusion(const struct hash *leaves, size_t count, size_t index,
                            struct merkle_proof *ret_proof);
/* RFC 9162, 2.1.3.2. */
MUST_USE bool merkle_is_included(const struct hash *leaf, uint64_t index, uint64_t size,
                                 const struct merkle_proof *proof, const struct hash *root);

/* That the tree of the first `older` leaves is the beginning of the tree of all. */
void merkle_prove_consistency(const struct hash *leaves, size_t count, size_t older,
                              struct merkle_proof *ret_proof);
/* A tree, by what is told of it. */
struct merkle_claim {
    uint64_t size;
    struct hash root;
};
/* RFC 9162, 2.1.4.2. Every tree begins with the empty one. */
MUST_USE bool merkle_is_consistent(const struct merkle_claim *older,
                                   const struct merkle_claim *newer,
                                   const struct merkle_proof *proof);

#endif
