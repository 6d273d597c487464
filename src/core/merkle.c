#include "core/merkle.h"

#include <string.h>

#include "base/check.h"

enum { LEAF_PREFIX = 0x00, NODE_PREFIX = 0x01 };

struct hash merkle_leaf(struct str data) {
    static const char prefix = LEAF_PREFIX;
    struct sha256_stream stream;
    struct hash hash;
    sha256_begin(&stream);
    sha256_add(&stream, str_of(&prefix, 1));
    sha256_add(&stream, data);
    sha256_end(&stream, hash.bytes);
    return hash;
}

static struct hash node(const struct hash *left, const struct hash *right) {
    char bytes[1 + 2 * SHA256_SIZE];
    struct hash hash;
    bytes[0] = NODE_PREFIX;
    memcpy(bytes + 1, left->bytes, SHA256_SIZE);
    memcpy(bytes + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    sha256(str_of(bytes, sizeof bytes), hash.bytes);
    return hash;
}

static struct hash empty(void) {
    struct hash hash;
    sha256(STR(""), hash.bytes);
    return hash;
}

/* The largest power of two below `count`, which is 2 or more. */
static size_t split_of(size_t count) {
    size_t left = 1;
    check(count >= 2);
    while (left * 2 < count) {
        left *= 2;
    }
    check(left < count);
    return left;
}

struct hash merkle_root_of(const struct hash *leaves, size_t count) {
    struct merkle_edge edge = {.size = 0};
    for (size_t i = 0; i < count; i++) {
        merkle_add(&edge, &leaves[i]);
    }
    check(edge.size == count);
    return merkle_root(&edge);
}

/* --- growing --- */

size_t merkle_peaks(uint64_t size) {
    size_t count = 0;
    for (; size > 0; size &= size - 1) {
        count++;
    }
    return count;
}

/* As in counting: each bit that carries joins the two smallest trees. */
void merkle_add(struct merkle_edge *edge, const struct hash *leaf) {
    size_t count = merkle_peaks(edge->size);
    struct hash peak = *leaf;
    for (uint64_t rest = edge->size; (rest & 1) != 0; rest >>= 1) {
        peak = node(&edge->peaks[--count], &peak);
    }
    check(count < MERKLE_PEAKS_MAX);
    edge->peaks[count] = peak;
    edge->size++;
    check(merkle_peaks(edge->size) == count + 1);
}

struct hash merkle_root(const struct merkle_edge *edge) {
    size_t count = merkle_peaks(edge->size);
    check(count <= MERKLE_PEAKS_MAX);
    if (count == 0) {
        return empty();
    }
    struct hash root = edge->peaks[--count];
    while (count > 0) {
        root = node(&edge->peaks[--count], &root);
    }
    return root;
}

/* --- proofs --- */

static void add_to(struct merkle_proof *proof, struct hash hash) {
    check(proof->count < MERKLE_PROOF_MAX);
    proof->path[proof->count++] = hash;
}

/* What stands beside the way from the top down; a proof lists it from the bottom up. */
static void turn_round(struct merkle_proof *proof) {
    check(proof->count <= MERKLE_PROOF_MAX);
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct hash other = proof->path[i];
        proof->path[i] = proof->path[proof->count - 1 - i];
        proof->path[proof->count - 1 - i] = other;
    }
}

void merkle_prove_inclusion(const struct hash *leaves, size_t count, size_t index,
                            struct merkle_proof *ret_proof) {
    check(index < count);
    ret_proof->count = 0;
    while (count > 1) {
        size_t left = split_of(count);
        if (index < left) {
            add_to(ret_proof, merkle_root_of(leaves + left, count - left));
            count = left;
        } else {
            add_to(ret_proof, merkle_root_of(leaves, left));
            leaves += left;
            count -= left;
            index -= left;
        }
    }
    check(count == 1);
    check(index == 0);
    turn_round(ret_proof);
}

bool merkle_is_included(const struct hash *leaf, uint64_t index, uint64_t size,
                        const struct merkle_proof *proof, const struct hash *root) {
    struct hash reached = *leaf;
    uint64_t at = index;
    uint64_t last = size - 1;
    if (size == 0 || index >= size || proof->count > MERKLE_PROOF_MAX) {
        return false;
    }
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            reached = node(&proof->path[i], &reached);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            reached = node(&reached, &proof->path[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&reached, root);
}

/* SUBPROOF of RFC 6962, 2.1.2, whose older root need not be told where it is a whole subtree. */
void merkle_prove_consistency(const struct hash *leaves, size_t count, size_t older,
                              struct merkle_proof *ret_proof) {
    bool is_known = true;
    check(older <= count);
    ret_proof->count = 0;
    if (older == 0 || older == count) {
        return;
    }
    while (older != count) {
        size_t left = split_of(count);
        if (older <= left) {
            add_to(ret_proof, merkle_root_of(leaves + left, count - left));
            count = left;
        } else {
            add_to(ret_proof, merkle_root_of(leaves, left));
            leaves += left;
            count -= left;
            older -= left;
            is_known = false;
        }
        check(older > 0);
        check(older <= count);
    }
    if (!is_known) {
        add_to(ret_proof, merkle_root_of(leaves, count));
    }
    turn_round(ret_proof);
}

/* The way that both trees have in common, and from where it goes on in the newer one alone. */
static bool walk(const struct merkle_claim *older, const struct merkle_claim *newer,
                 const struct merkle_proof *proof) {
    check(older->size > 0);
    check(older->size < newer->size);
    check(proof->count > 0);
    check(proof->count <= MERKLE_PROOF_MAX);
    bool is_subtree = (older->size & (older->size - 1)) == 0;
    size_t next = is_subtree ? 0 : 1;
    struct hash old_root = is_subtree ? older->root : proof->path[0];
    struct hash new_root = old_root;
    uint64_t at = older->size - 1;
    uint64_t last = newer->size - 1;
    for (; (at & 1) != 0; at >>= 1) {
        last >>= 1;
    }
    for (; next < proof->count; next++) {
        const struct hash *beside = &proof->path[next];
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            old_root = node(beside, &old_root);
            new_root = node(beside, &new_root);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node(&new_root, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&old_root, &older->root) && hash_equal(&new_root, &newer->root);
}

bool merkle_is_consistent(const struct merkle_claim *older, const struct merkle_claim *newer,
                          const struct merkle_proof *proof) {
    if (older->size > newer->size || proof->count > MERKLE_PROOF_MAX) {
        return false;
    }
    if (older->size == 0) {
        struct hash nothing = empty();
        return proof->count == 0 && hash_equal(&older->root, &nothing);
    }
    if (older->size == newer->size) {
        return proof->count == 0 && hash_equal(&older->root, &newer->root);
    }
    return proof->count > 0 && walk(older, newer, proof);
}
