/* Guards: a key that is bound to a network opens from there and from nowhere else, however its
 * networks are written. */
#include "base/network.h"

#include <stdio.h>
#include <string.h>

#include "base/testing.h"

static void networks_are_read(void **state) {
    static const struct {
        const char *text;
        int bits; /* -1: refused */
    } cases[] = {
        {"192.0.2.0/24", 120},
        {"192.0.2.7", 128},
        {"0.0.0.0/0", 96},
        {"10.0.0.0/8", 104},
        {"192.0.2.128/25", 121},
        {"2001:db8::/32", 32},
        {"::/0", 0},
        {"::1", 128},
        {"::ffff:192.0.2.0/120", 120},
        {"2001:db8::8000:0:0:0/49", -1},
        {"192.0.2.1/24", -1}, /* means 192.0.2.0/24, or one address: who knows */
        {"192.0.2.0/33", -1},
        {"192.0.2.0/", -1},
        {"192.0.2.0/024", -1},
        {"192.0.2.0/-1", -1},
        {"192.0.2.0/+4", -1},
        {"192.0.2.0/24/8", -1},
        {"192.0.2", -1},
        {"192.0.2.0.1", -1},
        {"0x7f.1", -1},
        {"2130706433", -1},
        {"192.0.02.1", -1},
        {"2001:db8::/129", -1},
        {"2001:db8::1::", -1},
        {"fe80::1%eth0", -1},
        {"localhost", -1},
        {"/8", -1},
        {"", -1},
        {" 192.0.2.7", -1},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct network network;
        bool is_read = network_parse(str_from_cstr(cases[i].text), &network);
        assert_int_equal(is_read ? network.bits : -1, cases[i].bits);
    }
    struct network network;
    assert_false(network_parse(str_of("1.2.3.4\0x", 9), &network));
}

static bool have(const char *networks, const char *address) {
    struct networks list;
    assert_true(networks_parse(str_from_cstr(networks), &list));
    return networks_have(&list, str_from_cstr(address));
}

static void addresses_are_found_in_them(void **state) {
    (void)state;
    assert_true(have("", "203.0.113.9"));
    assert_true(have("", "unix"));
    assert_true(have("192.0.2.0/24", "192.0.2.0"));
    assert_true(have("192.0.2.0/24", "192.0.2.255"));
    assert_true(have("192.0.2.0/24", "::ffff:192.0.2.255"));
    assert_false(have("192.0.2.0/24", "192.0.3.0"));
    assert_false(have("192.0.2.0/24", "192.0.1.255"));
    assert_false(have("192.0.2.0/24", "::192.0.2.1"));
    assert_true(have("198.51.100.7 192.0.2.128/25", "192.0.2.200"));
    assert_true(have("198.51.100.7 192.0.2.128/25", "198.51.100.7"));
    assert_false(have("198.51.100.7 192.0.2.128/25", "192.0.2.127"));
    assert_true(have("2001:db8::/32", "2001:db8:ffff::1"));
    assert_false(have("2001:db8::/32", "2001:db9::1"));
    assert_true(have("0.0.0.0/0", "203.0.113.9"));
    assert_false(have("0.0.0.0/0", "2001:db8::1"));
    assert_true(have("::/0", "203.0.113.9"));
    assert_false(have("192.0.2.0/24", "unix"));
    assert_false(have("192.0.2.0/24", ""));
    assert_false(have("::/0", "localhost"));
}

/* Every length of prefix: the last address inside, and the first behind. */
static void every_prefix_ends_where_it_says(void **state) {
    (void)state;
    for (unsigned bits = 1; bits <= 32; bits++) {
        char text[64];
        char last[64];
        char behind[64];
        uint32_t first = bits == 32 ? 0x0a000000U : 0x0a000000U & ~(UINT32_MAX >> bits);
        uint32_t end = bits == 32 ? first : first | (UINT32_MAX >> bits);
        const unsigned at[3] = {first, end, end + 1};
        char *to[3] = {text, last, behind};
        for (size_t i = 0; i < 3; i++) {
            (void)snprintf(to[i], 64, "%u.%u.%u.%u", at[i] >> 24, at[i] >> 16 & 255,
                           at[i] >> 8 & 255, at[i] & 255);
        }
        size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "/%u", bits);
        assert_true(have(text, last));
        assert_false(have(text, behind));
    }
}

static void a_list_has_an_end(void **state) {
    char text[NETWORKS_MAX * 16 + 32] = "";
    struct networks networks;
    (void)state;
    for (size_t i = 0; i < NETWORKS_MAX; i++) {
        (void)snprintf(text + strlen(text), 16, "%s10.0.0.%zu", i > 0 ? " " : "", i);
    }
    assert_true(networks_parse(str_from_cstr(text), &networks));
    assert_int_equal(networks.count, NETWORKS_MAX);
    (void)snprintf(text + strlen(text), 16, " 10.0.1.0");
    assert_false(networks_parse(str_from_cstr(text), &networks));
    assert_false(networks_parse(STR("10.0.0.1  10.0.0.2"), &networks));
    assert_false(networks_parse(STR("10.0.0.1,10.0.0.2"), &networks));
}

static void an_address_is_roughly_somewhere(void **state) {
    static const char *const cases[][2] = {
        {"203.0.113.9", "203.0.113.0/24"},
        {"::ffff:203.0.113.9", "203.0.113.0/24"},
        {"0.0.0.0", "0.0.0.0/24"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff::/48"},
        {"unix", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[NETWORK_TEXT_MAX + 1];
        network_around(str_from_cstr(cases[i][0]), text);
        assert_string_equal(text, cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_read),
        cmocka_unit_test(addresses_are_found_in_them),
        cmocka_unit_test(every_prefix_ends_where_it_says),
        cmocka_unit_test(a_list_has_an_end),
        cmocka_unit_test(an_address_is_roughly_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
