/* Promise: of CBOR, exactly the canonical form of CTAP2 is read, and no input leads astray. */
#include "proof/cbor.h"

#include "base/testing.h"

enum { INPUT_MAX = 64 };

/* Whether the hexadecimal text is one item and nothing else. */
static bool is_item(const char *hex) {
    uint8_t bytes[INPUT_MAX];
    struct str text = str_from_cstr(hex);
    assert_true(str_unhex(text, bytes, text.len / 2));
    struct cbor in = {.rest = str_of((const char *)bytes, text.len / 2)};
    struct str passed;
    bool is_passed = cbor_skip(&in, &passed);
    if (is_passed) {
        assert_ptr_equal(passed.bytes, bytes);
        assert_int_equal(passed.len + in.rest.len, text.len / 2);
    } else {
        assert_true(in.has_failed);
    }
    return is_passed && cbor_is_done(&in);
}

static void what_is_canonical_is_read(void **state) {
    (void)state;
    static const char *const items[] = {
        "00",
        "17",
        "1818",
        "18ff",
        "190100",
        "19ffff",
        "1a00010000",
        "1affffffff",
        "1b0000000100000000",
        "1bffffffffffffffff",
        "20",
        "3818",
        "390100",
        "40",
        "43010203",
        "60",
        "63616263",
        "62c3a9",
        "80",
        "83010203",
        "8163616263",
        "a0",
        "a10102",
        "a201020304",
        "a2616102616203",
        "f4",
        "f5",
        "f6",
        "a3010203042005",                         /* 1, 3, -1 */
        "a263666d74646e6f6e656761747453746d74a0", /* shorter key first */
        "a20a0018180a",                           /* 10 before 24: the shorter */
        "81818181f6",                             /* four deep */
        "a101a101a101a10102",
    };
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        if (!is_item(items[i])) {
            fail_msg("%s was refused", items[i]);
        }
    }
}

static const struct {
    const char *why, *hex;
} refused[] = {
    {"nothing", ""},
    {"more than one item", "0000"},
    {"a number cut off", "18"},
    {"a number cut off", "1901"},
    {"a number cut off", "1b00000001000000"},
    {"not the shortest", "1817"},
    {"not the shortest", "1900ff"},
    {"not the shortest", "1a0000ffff"},
    {"not the shortest", "1b00000000ffffffff"},
    {"not the shortest", "3800"},
    {"a length not the shortest", "5803010203"},
    {"reserved", "1c"},
    {"reserved", "1d"},
    {"reserved", "1e"},
    {"no such integer", "1f"},
    {"unknown length", "5f4101ff"},
    {"unknown length", "7f6161ff"},
    {"unknown length", "9f01ff"},
    {"unknown length", "bf0102ff"},
    {"a stop", "ff"},
    {"a tag", "c001"},
    {"a tag", "d81800"},
    {"half, single and double floats", "f93c00"},
    {"half, single and double floats", "fa47c35000"},
    {"half, single and double floats", "fb3ff199999999999a"},
    {"undefined", "f7"},
    {"a simple value", "e0"},
    {"a simple value in a byte", "f8ff"},
    {"false in a byte", "f814"},
    {"bytes cut off", "4301"},
    {"bytes longer than memory", "5bffffffffffffffff"},
    {"bytes of half an address space", "5b8000000000000000"},
    {"text cut off", "6361"},
    {"text that is no UTF-8", "61ff"},
    {"text that is no UTF-8", "62c328"},
    {"text that is no UTF-8: a surrogate", "63eda080"},
    {"an array cut off", "8301"},
    {"an array longer than memory", "9bffffffffffffffff00"},
    {"an array of more than there can be", "9affffffff0000"},
    {"a map cut off", "a101"},
    {"a map cut off", "a2010203"},
    {"a map longer than memory", "bbffffffffffffffff0001"},
    {"a map of 2^63 pairs", "bb800000000000000000"},
    {"a key twice", "a201020103"},
    {"a text key twice", "a2616101616102"},
    {"keys descending", "a203040102"},
    {"negative before positive", "a220010102"},
    {"text before integer", "a26161010102"},
    {"longer before shorter", "a218180a0a00"},
    {"keys by bytes though longer", "a26261610162616002"},
    {"a key of bytes", "a1410102"},
    {"a key that is a list", "a18001"},
    {"a key that is true", "a1f501"},
    {"five deep", "8181818181f6"},
    {"five deep", "a101a101a101a101a10102"},
    {"something bad inside", "8201c001"},
    {"something bad inside", "a101a201020102"},
};

static void what_is_not_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        if (is_item(refused[i].hex)) {
            fail_msg("%s (%s) was read", refused[i].hex, refused[i].why);
        }
    }
}

static void a_failure_lasts(void **state) {
    (void)state;
    struct cbor in = {.rest = STR("\xff\x01")};
    struct cbor_item item;
    assert_false(cbor_read(&in, &item));
    assert_false(cbor_read(&in, &item));
    assert_false(cbor_is_done(&in));
    struct cbor_map map;
    cbor_map_open(&in, &map);
    assert_false(cbor_map_next(&map, &item));
}

static void another_type_is_a_failure(void **state) {
    (void)state;
    struct cbor in = {.rest = STR("\x01")};
    struct cbor_item item;
    assert_false(cbor_read_type(&in, CBOR_BYTES, &item));
    assert_true(in.has_failed);
}

static void integers_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        int value;
    } cases[] = {{"\x00", 1, 0},
                 {"\x03", 1, 3},
                 {"\x20", 1, -1},
                 {"\x26", 1, -7},
                 {"\x39\x01\x00", 3, -257}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cbor in = {.rest = str_of(cases[i].bytes, cases[i].len)};
        struct cbor_item item;
        assert_true(cbor_read(&in, &item));
        for (size_t j = 0; j < ARRAY_LEN(cases); j++) {
            assert_int_equal(cbor_is_int(&item, cases[j].value), i == j);
        }
    }
}

/* Every text of up to three bytes ends, and reads nothing past its end. */
static void no_short_input_leads_astray(void **state) {
    (void)state;
    int read = 0;
    for (uint32_t value = 0; value < 1 << 24; value += value < 1 << 16 ? 1 : 7) {
        char bytes[3] = {(char)value, (char)(value >> 8), (char)(value >> 16)};
        struct cbor in = {.rest = str_of(bytes, sizeof bytes)};
        struct str passed;
        while (in.rest.len > 0 && cbor_skip(&in, &passed)) {
            assert_in_range(passed.len, 1, sizeof bytes);
        }
        read += cbor_is_done(&in);
    }
    assert_in_range(read, 1000, 1 << 23);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_canonical_is_read), cmocka_unit_test(what_is_not_is_refused),
        cmocka_unit_test(a_failure_lasts),           cmocka_unit_test(another_type_is_a_failure),
        cmocka_unit_test(integers_are_told_apart),   cmocka_unit_test(no_short_input_leads_astray),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
