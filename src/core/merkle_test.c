/* Guards: roots and proofs are those of RFC 6962, held for every tree of up to 130 leaves against
 * its recursive definition; and no proof is taken for another leaf, place, size or root. */
#include "core/merkle.h"

#include "base/testing.h"

enum { LEAVES_MAX = 130 };

struct forest {
    struct hash leaves[LEAVES_MAX];
    struct hash roots[LEAVES_MAX + 1]; /* of the first n */
};

/* MTH of section 2.1, as it stands there. */
static struct hash definition(const struct hash *leaves, size_t count) {
    struct hash hash;
    uint8_t bytes[1 + 2 * SHA256_SIZE] = {0x01};
    size_t left = 1;
    if (count == 0) {
        sha256(STR(""), hash.bytes);
        return hash;
    }
    if (count == 1) {
        return leaves[0];
    }
    while (left << 1 < count) {
        left <<= 1;
    }
    struct hash one = definition(leaves, left);
    struct hash other = definition(leaves + left, count - left);
    memcpy(bytes + 1, one.bytes, SHA256_SIZE);
    memcpy(bytes + 1 + SHA256_SIZE, other.bytes, SHA256_SIZE);
    sha256(str_of((const char *)bytes, sizeof bytes), hash.bytes);
    return hash;
}

static int set_up(void **state) {
    static struct forest forest;
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        char data[2] = {(char)i, 'x'};
        forest.leaves[i] = merkle_leaf(str_of(data, sizeof data));
    }
    for (size_t n = 0; n <= LEAVES_MAX; n++) {
        forest.roots[n] = definition(forest.leaves, n);
    }
    *state = &forest;
    return 0;
}

static void assert_hash(struct hash hash, const char *hex) {
    char text[SHA256_HEX];
    str_hex(hash.bytes, SHA256_SIZE, text);
    assert_text(str_of(text, sizeof text), hex);
}

/* RFC 6962 has no vectors; these are what SHA-256 says of its definitions. */
static void test_smallest(void **state) {
    (void)state;
    assert_hash(merkle_root_of(NULL, 0),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(merkle_leaf(STR("")),
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void test_roots(void **state) {
    const struct forest *forest = *state;
    struct merkle_edge edge = {.size = 0};
    for (size_t n = 0; n <= LEAVES_MAX; n++) {
        struct hash grown = merkle_root(&edge);
        struct hash at_once = merkle_root_of(forest->leaves, n);
        assert_true(hash_equal(&grown, &forest->roots[n]));
        assert_true(hash_equal(&at_once, &forest->roots[n]));
        if (n < LEAVES_MAX) {
            merkle_add(&edge, &forest->leaves[n]);
        }
    }
}

static void test_inclusion(void **state) {
    const struct forest *forest = *state;
    for (size_t n = 1; n <= LEAVES_MAX; n++) {
        for (size_t i = 0; i < n; i++) {
            struct merkle_proof proof;
            const struct hash *leaf = &forest->leaves[i];
            const struct hash *root = &forest->roots[n];
            merkle_prove_inclusion(forest->leaves, n, i, &proof);
            assert_true(merkle_is_included(leaf, i, n, &proof, root));
            const struct hash *other = &forest->leaves[(i + 1) % LEAVES_MAX];
            assert_false(merkle_is_included(other, i, n, &proof, root));
            assert_false(merkle_is_included(leaf, i, n, &proof, &forest->roots[n - 1]));
            assert_false(merkle_is_included(leaf, n, n, &proof, root));
            if (n > 1) {
                assert_false(merkle_is_included(leaf, (i + 1) % n, n, &proof, root));
                proof.path[proof.count / 2].bytes[7] ^= 1;
                assert_false(merkle_is_included(leaf, i, n, &proof, root));
                proof.path[proof.count / 2].bytes[7] ^= 1;
                proof.count--;
                assert_false(merkle_is_included(leaf, i, n, &proof, root));
                proof.count += 2;
                proof.path[proof.count - 1] = *leaf;
                assert_false(merkle_is_included(leaf, i, n, &proof, root));
            }
        }
    }
}

static bool agree(const struct forest *forest, size_t older, size_t newer,
                  const struct merkle_proof *proof) {
    struct merkle_claim one = {older, forest->roots[older]};
    struct merkle_claim other = {newer, forest->roots[newer]};
    return merkle_is_consistent(&one, &other, proof);
}

/* Another tree of as many leaves: one of them was replaced. */
static bool agrees_with_a_fork(const struct forest *forest, size_t older, size_t newer,
                               const struct merkle_proof *proof) {
    struct merkle_claim one = {older, forest->roots[older]};
    struct merkle_claim other = {newer, forest->roots[newer]};
    one.root.bytes[3] ^= 0x40;
    return merkle_is_consistent(&one, &other, proof);
}

static void test_consistency(void **state) {
    const struct forest *forest = *state;
    for (size_t n = 0; n <= LEAVES_MAX; n++) {
        for (size_t m = 0; m <= n; m++) {
            struct merkle_proof proof;
            merkle_prove_consistency(forest->leaves, n, m, &proof);
            assert_true(agree(forest, m, n, &proof));
            assert_false(agrees_with_a_fork(forest, m, n, &proof));
            assert_true(m == n || !agree(forest, n, m, &proof));
            if (m > 0 && m < n) {
                assert_false(agree(forest, m - 1, n, &proof) && m - 1 > 0);
                assert_false(agree(forest, m, n - 1, &proof));
                proof.path[proof.count - 1].bytes[0] ^= 1;
                assert_false(agree(forest, m, n, &proof));
                proof.path[proof.count - 1].bytes[0] ^= 1;
                proof.count--;
                assert_false(agree(forest, m, n, &proof));
            }
        }
    }
}

/* A history that was written anew has no proof: neither its own nor the true one's. */
static void test_a_fork_has_no_proof(void **state) {
    const struct forest *forest = *state;
    for (size_t n = 2; n <= LEAVES_MAX; n++) {
        struct hash forged[LEAVES_MAX];
        struct merkle_proof proof;
        size_t m = n / 2;
        memcpy(forged, forest->leaves, sizeof forged);
        forged[m / 2] = forest->leaves[LEAVES_MAX - 1 - m];
        if (hash_equal(&forged[m / 2], &forest->leaves[m / 2])) {
            continue;
        }
        struct merkle_claim true_one = {m, forest->roots[m]};
        struct merkle_claim forged_one = {n, merkle_root_of(forged, n)};
        merkle_prove_consistency(forged, n, m, &proof);
        assert_false(merkle_is_consistent(&true_one, &forged_one, &proof));
        merkle_prove_consistency(forest->leaves, n, m, &proof);
        assert_false(merkle_is_consistent(&true_one, &forged_one, &proof));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smallest),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_inclusion),
        cmocka_unit_test(test_consistency),
        cmocka_unit_test(test_a_fork_has_no_proof),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
