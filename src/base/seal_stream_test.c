/* Promise: a stream opens piece by piece as it was sealed; none can be changed, left out, repeated,
 * put elsewhere, or cut off unseen. */
#include "base/seal_stream.h"

#include <string.h>

#include "base/testing.h"

enum { PIECE = 8, PIECES = 4, SEALED = PIECE + SEAL_STREAM_EXTRA };

static const uint8_t key[SEAL_KEY] = {9};

struct sealed {
    uint8_t header[SEAL_STREAM_HEADER];
    uint8_t pieces[PIECES][SEALED];
};

static struct sealed seal_all(void) {
    struct sealed sealed;
    struct seal_stream stream;
    seal_stream_begin(&stream, key, sealed.header);
    for (int i = 0; i < PIECES; i++) {
        const char plain[PIECE] = {'p', 'i', 'e', 'c', 'e', ' ', (char)('0' + i)};
        seal_stream_add(&stream, str_of(plain, PIECE), i == PIECES - 1, sealed.pieces[i]);
    }
    return sealed;
}

/* How many pieces open, in this order; *ret_is_whole when the last of them says so. */
static int opens(const struct sealed *sealed, const int *order, int count, bool *ret_is_whole) {
    struct seal_stream stream;
    uint8_t plain[PIECE];
    *ret_is_whole = false;
    if (!seal_stream_open(&stream, key, sealed->header)) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        struct str piece = str_of((const char *)sealed->pieces[order[i]], SEALED);
        if (!seal_stream_next(&stream, piece, plain, ret_is_whole)) {
            return i;
        }
        assert_int_equal(plain[6], '0' + order[i]);
    }
    return count;
}

static void it_opens_in_order_and_says_where_it_ends(void **state) {
    (void)state;
    const struct sealed sealed = seal_all();
    bool is_whole = false;
    assert_int_equal(opens(&sealed, (const int[]){0, 1, 2, 3}, 4, &is_whole), 4);
    assert_true(is_whole);
    assert_int_equal(opens(&sealed, (const int[]){0, 1, 2}, 3, &is_whole), 3);
    assert_false(is_whole); /* the end was cut off */
}

static void no_other_order_opens(void **state) {
    (void)state;
    const struct sealed sealed = seal_all();
    bool is_whole = false;
    assert_int_equal(opens(&sealed, (const int[]){1}, 1, &is_whole), 0);
    assert_int_equal(opens(&sealed, (const int[]){0, 2}, 2, &is_whole), 1);
    assert_int_equal(opens(&sealed, (const int[]){0, 0}, 2, &is_whole), 1);
    assert_int_equal(opens(&sealed, (const int[]){0, 3}, 2, &is_whole), 1);
}

static void a_single_other_bit_opens_nothing(void **state) {
    (void)state;
    struct sealed sealed = seal_all();
    bool is_whole = false;
    const int first[] = {0};
    for (size_t i = 0; i < SEALED; i++) {
        sealed.pieces[0][i] ^= 1;
        assert_int_equal(opens(&sealed, first, 1, &is_whole), 0);
        sealed.pieces[0][i] ^= 1;
    }
    for (size_t i = 0; i < SEAL_STREAM_HEADER; i++) {
        sealed.header[i] ^= 1;
        assert_int_equal(opens(&sealed, first, 1, &is_whole), 0);
        sealed.header[i] ^= 1;
    }
    assert_int_equal(opens(&sealed, first, 1, &is_whole), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_in_order_and_says_where_it_ends),
        cmocka_unit_test(no_other_order_opens),
        cmocka_unit_test(a_single_other_bit_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
