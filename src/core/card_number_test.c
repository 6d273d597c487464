/* Guards: a card's number is found however it is written, whatever brand, script or digits beside
 * it, and so are 13 to 19 digits that pass the check and are nobody's; times, dates, identifiers,
 * telephone numbers and bank accounts are not taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/card_number.h"

static bool is_found(const char *text) {
    return card_number_is_in(str_from_cstr(text), CARD_NUMBER_ANY);
}

static bool is_issued(const char *text) {
    return card_number_is_in(str_from_cstr(text), CARD_NUMBER_ISSUED);
}

/* Written another way than in the module: from the right, over text. */
static bool passes_luhn(const char *digits) {
    int sum = 0;
    size_t len = strlen(digits);
    for (size_t i = 0; i < len; i++) {
        int digit = digits[len - 1 - i] - '0';
        sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
    }
    return sum % 10 == 0;
}

/* The networks' and acquirers' published test numbers. */
static const char *const brands[] = {
    "4242424242424242", "4000056655665556",    "4012888888881881", /* Visa */
    "4222222222222",    "4000000000000000006",                     /* of 13 and 19 digits */
    "5555555555554444", "5105105105105100",    "2223003122003222", /* Mastercard */
    "2720990000000007", "378282246310005",     "371449635398431",  /* American Express */
    "6011111111111117", "6011000990139424",    "6500000000000002", /* Discover */
    "3056930009020004", "36227206271667",      "30569309025904",   /* Diners Club */
    "38520000023237",   "3566002020360505",    "3530111333300000", /* JCB */
    "6200000000000005", "6205500000000000004", "6200000000000047", /* UnionPay */
    "6759649826438453", "6799990100000000019", "5018000000000017", /* Maestro */
    "5066991111111118", "6362970000457013",    "6062826786276634", /* Elo, Hipercard */
    "2200000000000004", "9792000000000003",    "6521111111111110", /* Mir, Troy, RuPay */
    "8171999927660000", "135410014004955",     "6771798021000008", /* RuPay, UATP, Maestro */
};

static void every_brand_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(brands); i++) {
        char text[128];
        if (!is_found(brands[i]) || !is_issued(brands[i])) {
            fail_msg("%s is not found", brands[i]);
        }
        (void)snprintf(text, sizeof text, "card:%s,12/29", brands[i]);
        assert_true(is_found(text));
        (void)snprintf(text, sizeof text, "%s 12 29 123", brands[i]);
        assert_true(is_found(text));
        (void)snprintf(text, sizeof text, "no 77, %s.", brands[i]);
        assert_true(is_found(text));
        (void)snprintf(text, sizeof text, "77777777%s", brands[i]); /* part of a longer run */
        assert_int_equal(is_found(text), false);
    }
}

static void one_wrong_digit_makes_it_none(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(brands); i++) {
        size_t len = strlen(brands[i]);
        for (size_t at = 2; at < len; at++) {
            for (char digit = '0'; digit <= '9'; digit++) {
                char text[32];
                memcpy(text, brands[i], len + 1);
                text[at] = digit;
                assert_int_equal(is_found(text), digit == brands[i][at]);
            }
        }
    }
}

static void separators_do_not_hide_it(void **state) {
    (void)state;
    static const char *const parts[] = {
        " ",
        "-",
        "--",
        " - ",
        "\xc2\xa0",
        "\xc2\xad",
        "\xe2\x80\x93",
        "  ",
        "\xe2\x80\x94",
        "\xe2\x80\x8b",
        "\xe2\x80\xaf",
        "\xe3\x80\x80",
        "\xef\xbb\xbf",
        "\xe2\x88\x92",
    };
    static const char *const layouts[] = {"%s%s%s%s%s%s%s", "see %s%s%s%s%s%s%s thanks",
                                          "2 %s%s%s%s%s%s%s", "%s%s%s%s%s%s%s 03 28"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (size_t k = 0; k < ARRAY_LEN(layouts); k++) {
            char text[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(text, sizeof text, layouts[k], "4242", parts[i], "4242", parts[i],
                           "4242", parts[i], "4242");
#pragma GCC diagnostic pop
            assert_true(is_found(text));
        }
    }
    assert_true(is_found("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2"));
    assert_true(is_found("3782 822463 10005"));
    assert_true(is_found("3622-720627-1667"));
    assert_true(is_found("424242 4242424242"));
    assert_true(is_found("4242-4242 4242-4242"));
    assert_true(is_found("Visa4242424242424242exp0328"));
    assert_false(is_found("4242    4242 4242 4242"));
    assert_false(is_found("4242\n4242\n4242\n4242"));
    assert_false(is_found("4242.4242.4242.4242"));
    assert_false(is_found("4242a4242a4242a4242"));
}

/* In every script that has digits: 4242 four times, of characters that lie in order. */
static void digits_of_every_script_count(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"\xd9\xa4", "\xd9\xa2"},                 /* Arabic-Indic */
        {"\xdb\xb4", "\xdb\xb2"},                 /* of Persian and Urdu */
        {"\xe0\xa5\xaa", "\xe0\xa5\xa8"},         /* Devanagari */
        {"\xe0\xa7\xaa", "\xe0\xa7\xa8"},         /* Bengali */
        {"\xe0\xb9\x94", "\xe0\xb9\x92"},         /* Thai */
        {"\xef\xbc\x94", "\xef\xbc\x92"},         /* full width */
        {"\xf0\x9d\x9f\x92", "\xf0\x9d\x9f\x90"}, /* mathematical bold */
        {"\xf0\x9e\x85\x84", "\xf0\x9e\x85\x82"}, /* Nyiakeng Puachue Hmong */
        {"4", "\xef\xbc\x92"},                    /* mixed */
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        char text[128] = "";
        size_t len = 0;
        for (size_t k = 0; k < 16; k++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", pairs[i][k % 2]);
        }
        assert_true(is_found(text));
        text[len - 1] ^= 1; /* another digit, or none */
        assert_false(is_found(text));
    }
    assert_false(is_found("\xc2\xb2\xe2\x81\xb4\xc2\xb2\xe2\x81\xb4")); /* superscripts are none */
}

static void what_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "4242",
        "4242 4242 4242",
        "424242424242425",
        "42424242424242424242",       /* 20 digits */
        "9999 9999 9999 9999 9999 5", /* of which the first 16, and the last, are no whole */
        "1760000000001",              /* milliseconds, passing Luhn */
        "1764417600000004",           /* microseconds, the same */
        "1764417600000000004",        /* nanoseconds */
        "20261122100000",
        "2026-11-22 2026-11-26", /* which pass, as the next do */
        "from 2026-11-22 - 2026-11-26 2026-12-01",
        "22-11-2026 26-11-2026", /* which begin as a Mastercard */
        "22-11-2026 26-11-2027 03-03-2028",
        "2026-11-22T10:00:00.000Z to 2026-11-26T10:00:00.000Z",
        "+44 20 7946 0958",
        "+49 1512 3456 7897",
        "+4915123456789",
        "+4915123456787", /* which passes */
        "tel +491512345678901",
        "tel 0049 1512 3456 70",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "BE68 5390 0754 7034",
        "BE68539007547034",
        "FR14 2004 1010 0505 0001 3M02 606",
        "GB29 NWBK 6016 1331 9268 19",
        "NO93 8601 1117 947, thanks",
        "SIRET 552 100 554 00013", /* passes Luhn as each does */
        "siret n\xc2\xb0 55210055400013, 75116 Paris",
        "SIRET: 55210055400013 75116",
        "0000000000000000",
        "0000 0000 0000 0000",
        "inst_01hf3z8k6m0000000000000000",
        "cus_NffrFeUfNV2Hib",
        "1,234,567,890,123.45",
        "3.141592653589793",
        "00000000-0000-0000-0000-000000000000",
        "123e4567-e89b-12d3-a456-426614174000",
        "192.168.100.200",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (is_found(texts[i])) {
            fail_msg("%s is taken for a card", texts[i]);
        }
    }
}

/* A country's letters and a + hide no card. */
static void what_looks_like_something_else_is_one_all_the_same(void **state) {
    (void)state;
    assert_true(is_found("DE42 4242 4242 4242 42")); /* its check digits are wrong */
    assert_true(is_found("BE68 5390 0754 7034 4242 4242 4242 4242"));
    assert_true(is_found("+4242424242424242"));
    assert_true(is_found("+49 151 2345 4242424242424242"));
    assert_true(is_found("+"
                         "4242 4242 4242 4242"));
}

/* Numbers that no network issues, in free text, and where only a network's is looked for. */
static void what_nobody_issues_is_one_in_free_text(void **state) {
    (void)state;
    static const char *const texts[] = {
        "9999999999999995",
        "no 12 9999999999999995 03 28",
        "9999 9999 9999 9995 03 28",
        "see 9999-9999-9999-9995",
        "no9999999999999995",
        "99999 9999 9999 995", /* the whole of the run, however it is parted */
        "9-9-9-9-9-9-9-9-9-9-9-9-9-9-9-5",
        "7777777777778",           /* 13 */
        "7777777777777777772",     /* 19 */
        "552 100 554 00013",       /* a SIRET that does not say so */
        "SIRET 777 777 777 00007", /* its first nine do not pass */
        "SIRET 362 521 879 00034 4242 4242 4242 4242",
        "8944500102198304826", /* of a SIM card, which all pass */
        "356938035643809",     /* of a telephone, the same */
        "2026-11-22 9999999999999995",
        "1 764 417 600 004", /* a time is written in one piece */
        "DE42 4242 4242 4242 42",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!is_found(texts[i])) {
            fail_msg("%s is not found", texts[i]);
        }
    }
    assert_false(is_issued("9999999999999995"));
    assert_false(is_issued("PO 7777777777778"));
    assert_false(is_issued("552 100 554 00013"));
    assert_true(is_issued("PO 4242424242424242"));
}

enum { RUN_MAX = 24 };

/* `digits` with blanks behind those whose bit is set; returns how many are in the last group. */
static size_t part(const char *digits, unsigned where, char text[2 * RUN_MAX]) {
    size_t len = 0;
    size_t last = 0;
    for (size_t i = 0; digits[i] != '\0'; i++, last++) {
        if (i > 0 && (where >> (i - 1) & 1U) != 0) {
            text[len++] = ' ';
            last = 0;
        }
        text[len++] = digits[i];
    }
    text[len] = '\0';
    return last;
}

/* However the digits of one are parted by single blanks (all 2^12 to 2^18 ways), it is found; with
 * another last digit it is not. It begins with 7, so that only the rule for any number finds it. */
static void every_way_to_part_one(void **state) {
    (void)state;
    char text[2 * RUN_MAX];
    for (size_t len = 13; len <= 19; len++) {
        char digits[RUN_MAX] = "7777777777777777777";
        digits[len] = '\0';
        for (digits[len - 1] = '0'; !passes_luhn(digits);) {
            digits[len - 1]++;
        }
        for (unsigned where = 0; where < 1U << (len - 1); where++) {
            (void)part(digits, where, text);
            if (!is_found(text)) {
                fail_msg("%s is not found", text);
            }
        }
        digits[len - 1] = digits[len - 1] == '9' ? '0' : (char)(digits[len - 1] + 1);
        for (unsigned where = 0; where < 1U << (len - 1); where += 7) {
            (void)part(digits, where, text);
            assert_false(is_issued(text));
        }
        assert_false(is_found(digits));
    }
}

/* Every length of plain digits, of every two that begin it: found are, once in ten by the last
 * digit, 13 to 19 of them, but times and what begins with 00; of a network's those that it issues.
 */
static void lengths_and_beginnings(void **state) {
    (void)state;
    for (int first = 0; first < 100; first++) {
        for (size_t len = 2; len < 30; len++) {
            int found = 0;
            int issued = 0;
            for (char last = '0'; last <= '9'; last++) {
                char text[32];
                (void)snprintf(text, sizeof text, "%02d", first);
                memset(text + 2, '7', len - 2);
                text[len] = '\0';
                text[len - 1] = len > 2 ? last : text[len - 1];
                found += is_found(text) ? 1 : 0;
                issued += is_issued(text) ? 1 : 0;
            }
            bool is_visa_like =
                first >= 40 && first <= 69 &&
                (len == 13 || (len >= 16 && len <= 19) || (len == 15 && first >= 50));
            bool is_travel = first >= 30 && first <= 39 && len >= 15 && len <= 19;
            bool is_diners =
                (first == 30 || first == 36 || first == 38 || first == 39) && len == 14;
            bool is_other = (first >= 10 && first <= 19 && len == 15) ||
                            (((first >= 22 && first <= 27) || first == 81 || first == 82) &&
                             len >= 16 && len <= 19) ||
                            (first == 97 && len == 16);
            assert_int_equal(issued, is_visa_like || is_travel || is_diners || is_other ? 1 : 0);
            bool is_time = first >= 10 && first <= 19 && (len == 13 || len == 16 || len == 19);
            bool is_any = len >= 13 && len <= 19 && first != 0 && !is_time;
            assert_int_equal(found, is_any ? 1 : 0);
        }
    }
}

/* Bytes that are no UTF-8, cut anywhere, are read to their end and no further. */
static void broken_text(void **state) {
    (void)state;
    static const char text[] = "\xf0\x9d\x9f\x92\xf0\x9d\x9f\xe2\x80\xff\xc2 4111111111111111";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        assert_false(card_number_is_in(str_of(text, len), CARD_NUMBER_ANY));
    }
    assert_true(is_found(text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_brand_is_found),
        cmocka_unit_test(one_wrong_digit_makes_it_none),
        cmocka_unit_test(separators_do_not_hide_it),
        cmocka_unit_test(digits_of_every_script_count),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(what_looks_like_something_else_is_one_all_the_same),
        cmocka_unit_test(what_nobody_issues_is_one_in_free_text),
        cmocka_unit_test(every_way_to_part_one),
        cmocka_unit_test(lengths_and_beginnings),
        cmocka_unit_test(broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
