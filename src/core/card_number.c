/* One pass over the characters. The last 19 digits are remembered, and of each whether a group
 * begins with it; wherever a group ends, every number is tried that begins with a group and ends
 * there: as a network's, and as any. What says by itself what else it is ends a run, or is let by.
 */
#include "core/card_number.h"

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/check.h"

enum {
    SHORTEST = 13,
    LONGEST = 19,
    PARTED_MAX = 3, /* characters between two groups: " - " */
    PHONE_MAX = 15, /* digits of E.164 */
    IBAN_MIN = 15,
    IBAN_MAX = 34,
    SIREN = 9, /* of a company; with five digits more, of one of its places, it is a SIRET */
    SIRET = 14,
    SIRET_WORD_AWAY = 12, /* bytes before the digits in which the word may stand: "SIRET no. : " */
};

/* --- characters --- */

/* The code point at `at`, and in *ret_size its bytes. What is no UTF-8 is one byte and 0. */
static uint32_t character_at(struct str text, size_t at, size_t *ret_size) {
    check(at < text.len);
    const unsigned char *bytes = (const unsigned char *)text.bytes + at;
    size_t left = text.len - at;
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    *ret_size = 1;
    if (size == 1 || bytes[0] < 0xc0 || size > left) {
        return size == 1 ? bytes[0] : 0;
    }
    uint32_t character = bytes[0] & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        character = character << 6 | (bytes[i] & 0x3fU);
    }
    *ret_size = size;
    return character;
}

/* The zeros of Unicode's decimal digits (general category Nd), each followed by 1 to 9. */
static const uint32_t zeros[] = {
    0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,
    0xc66,   0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,
    0x1810,  0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,
    0xa8d0,  0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066,
    0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
    0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
};

/* -1 when it is none. */
static int digit_of(uint32_t character) {
    if (character < 0x80) {
        return character >= '0' && character <= '9' ? (int)(character - '0') : -1;
    }
    for (size_t i = 1; i < ARRAY_LEN(zeros); i++) {
        if (character >= zeros[i] && character < zeros[i] + 10) {
            return (int)(character - zeros[i]);
        }
    }
    return -1;
}

/* Blanks and dashes, and what is not seen at all. A line break parts for good. */
static bool is_between(uint32_t character) {
    static const uint32_t singles[] = {' ',    '-',    0xa0,   0xad,   0x58a,  0x2043, 0x2212,
                                       0x3000, 0xfe58, 0xfe63, 0xfeff, 0xff0d, 0x2060, 0x205f};
    for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
        if (character == singles[i]) {
            return true;
        }
    }
    return (character >= 0x2000 && character <= 0x2015) || character == 0x202f;
}

static bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* --- IBAN --- */

/* 0..35 as ISO 13616 counts letters, -1 when it is neither a letter nor a digit. */
static int iban_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return is_letter(c) ? (c | 0x20) - 'a' + 10 : -1;
}

static unsigned iban_add(unsigned rest, int value) {
    check(rest < 97);
    check(value >= 0);
    check(value < 36);
    return (rest * (value < 10 ? 10U : 100U) + (unsigned)value) % 97;
}

/* Whether the characters, of which the first two are the country, check themselves. */
static bool is_iban(const char *characters, size_t count) {
    check(count > 0);
    check(count <= IBAN_MAX);
    unsigned rest = 0;
    for (size_t i = 0; i < count; i++) {
        rest = iban_add(rest, iban_value(characters[(i + 4) % count]));
    }
    return count >= IBAN_MIN && rest == 1;
}

/* Where the IBAN ends whose country stands before the digit at `at`; `at` when there is none. */
static size_t iban_end(struct str text, size_t at) {
    check(at < text.len);
    if (at < 2 || !is_letter(text.bytes[at - 1]) || !is_letter(text.bytes[at - 2]) ||
        (at > 2 && iban_value(text.bytes[at - 3]) >= 0)) {
        return at;
    }
    char characters[IBAN_MAX];
    size_t count = 0;
    for (size_t i = at - 2; i < text.len && count < IBAN_MAX; i++) {
        if (text.bytes[i] == ' ' && text.bytes[i - 1] != ' ') {
            continue;
        }
        if (iban_value(text.bytes[i]) < 0) {
            break;
        }
        characters[count++] = text.bytes[i];
        bool ends_here = i + 1 == text.len || iban_value(text.bytes[i + 1]) < 0;
        if (ends_here && is_iban(characters, count)) {
            return i + 1;
        }
    }
    return at;
}

/* --- SIRET --- */

/* Whether the word stands shortly before `at`. */
static bool is_after_siret(struct str text, size_t at) {
    static const struct str word = STR_INIT("siret");
    check(at <= text.len);
    size_t from = at > SIRET_WORD_AWAY ? at - SIRET_WORD_AWAY : 0;
    for (; from + word.len <= at; from++) {
        if (str_equal_ignoring_case(str_of(text.bytes + from, word.len), word)) {
            return true;
        }
    }
    return false;
}

/* --- digits --- */

struct group {
    size_t len;
    int value; /* of its first four digits */
};

struct run {
    uint8_t digits[LONGEST]; /* the last ones; [count % LONGEST] is the next place */
    bool begins[LONGEST];    /* a group begins with it */
    size_t count;            /* of all digits since the run began */
    size_t parted;           /* characters since the last digit */
    bool is_phone;           /* a + stands before it */
    bool is_siret;           /* the word stands before it */
    struct group date[3];    /* the groups since the last date, the present one last */
    size_t date_count;
    bool has_other; /* than dates */
};

/* 2026-11-22, or 22-11-2026: whatever parts them. */
static bool is_date(const struct group groups[3]) {
    bool is_year_first = groups[0].len == 4;
    struct group year = is_year_first ? groups[0] : groups[2];
    struct group day = is_year_first ? groups[2] : groups[0];
    bool is_long = year.len == 4 && groups[1].len <= 2 && day.len <= 2;
    return is_long && year.value >= 1900 && year.value <= 2099 && groups[1].value >= 1 &&
           groups[1].value <= 12 && day.value >= 1 && day.value <= 31;
}

/* Looks at the group that has ended: whether the run is still nothing but dates. */
static void end_group(struct run *run) {
    check(run->date_count > 0);
    check(run->date_count <= 3);
    if (run->date[run->date_count - 1].len > 4) {
        run->has_other = true;
    }
    if (run->date_count == 3) {
        run->has_other |= !is_date(run->date);
        run->date_count = 0;
    }
}

/* How long numbers are that begin so. Names are the networks', which publish their ranges. */
static const struct {
    int first, last; /* two digits */
    size_t min, max;
} issuers[] = {
    {10, 19, 15, 15}, /* UATP */
    {22, 27, 16, 19}, /* Mir, Mastercard */
    {30, 30, 14, 14}, /* Diners Club */
    {36, 36, 14, 14}, /* Diners Club */
    {38, 39, 14, 14}, /* Diners Club */
    {30, 39, 15, 19}, /* American Express, Diners Club, JCB */
    {40, 69, 13, 13}, /* Visa, Maestro */
    {40, 49, 16, 19}, /* Visa */
    {50, 69, 15, 19}, /* Mastercard, Maestro, Discover, UnionPay, RuPay, Elo, Verve */
    {81, 82, 16, 19}, /* RuPay, UnionPay */
    {97, 97, 16, 16}, /* Troy */
};

static int digit_back(const struct run *run, size_t back) {
    check(back < run->count);
    check(back < LONGEST);
    return run->digits[(run->count - 1 - back) % LONGEST];
}

static bool is_issued(const struct run *run, size_t len) {
    check(len >= SHORTEST);
    check(len <= LONGEST);
    int first = digit_back(run, len - 1) * 10 + digit_back(run, len - 2);
    for (size_t i = 0; i < ARRAY_LEN(issuers); i++) {
        if (first >= issuers[i].first && first <= issuers[i].last && len >= issuers[i].min &&
            len <= issuers[i].max) {
            return true;
        }
    }
    return false;
}

/* Of `len` digits, the last of which has `skip` behind it. */
static bool passes_luhn(const struct run *run, size_t len, size_t skip) {
    check(len > 0);
    check(len + skip <= LONGEST);
    int sum = 0;
    for (size_t back = 0; back < len; back++) {
        int twice = digit_back(run, back + skip) * (back % 2 == 1 ? 2 : 1);
        sum += twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
}

static bool begins_group(const struct run *run, size_t back) {
    check(back < run->count);
    check(back < LONGEST);
    return run->begins[(run->count - 1 - back) % LONGEST];
}

/* Whether groups begin with every `size`th digit and with no other: in one piece, or in fours. */
static bool is_grouped(const struct run *run, size_t len, size_t size) {
    check(len <= LONGEST);
    check(size > 0);
    for (size_t i = 0; i < len; i++) {
        if (begins_group(run, len - 1 - i) != (i % size == 0)) {
            return false;
        }
    }
    return true;
}

/* In one piece: milli-, micro- or nanoseconds since 1970, from 2001 to 2033. */
static bool is_time(const struct run *run, size_t len) {
    bool is_one = is_grouped(run, len, LONGEST);
    return is_one && (len == 13 || len == 16 || len == 19) && digit_back(run, len - 1) == 1;
}

/* A call abroad is dialled with 00, and no number of a card begins so. */
static bool begins_with_00(const struct run *run, size_t len) {
    return digit_back(run, len - 1) == 0 && digit_back(run, len - 2) == 0;
}

/* Whether it may be a number that no network issues: one that stands in one piece, in fours, or
 * that all digits of the run are. */
static bool is_any(const struct run *run, size_t len) {
    check(len >= SHORTEST);
    check(len <= LONGEST);
    bool stands_alone =
        len == run->count || is_grouped(run, len, LONGEST) || is_grouped(run, len, 4);
    bool is_phone = run->is_phone && run->count <= PHONE_MAX;
    return stands_alone && !is_phone && !is_time(run, len) && !begins_with_00(run, len);
}

/* Whether the run is a place of a French company, which says so and checks itself twice. */
static bool is_siret(const struct run *run) {
    return run->is_siret && run->count == SIRET && !is_issued(run, SIRET) &&
           passes_luhn(run, SIRET, 0) && passes_luhn(run, SIREN, SIRET - SIREN);
}

/* Whether a number ends with the last digit, which ends a group. */
static bool ends_number(const struct run *run, enum card_number_rule rule) {
    for (size_t len = SHORTEST; run->has_other && len <= LONGEST && len <= run->count; len++) {
        bool is_whole_phone = run->is_phone && len == run->count && len <= PHONE_MAX;
        bool is_one = is_issued(run, len) || (rule == CARD_NUMBER_ANY && is_any(run, len));
        if (begins_group(run, len - 1) && !is_whole_phone && is_one && passes_luhn(run, len, 0)) {
            return true;
        }
    }
    return false;
}

static void run_add(struct run *run, int digit) {
    check(digit >= 0);
    check(digit <= 9);
    size_t place = run->count % LONGEST;
    run->digits[place] = (uint8_t)digit;
    run->begins[place] = run->count == 0 || run->parted > 0;
    if (run->begins[place]) {
        run->date[run->date_count++] = (struct group){.len = 0};
    }
    struct group *group = &run->date[run->date_count - 1];
    group->value = group->len < 4 ? group->value * 10 + digit : group->value;
    group->len++;
    run->count++;
    run->parted = 0;
}

/* The character is no digit, or the text is over. True when a number ended before it. */
static bool run_part(struct run *run, enum card_number_rule rule) {
    if (run->count == 0 || run->parted > 0) {
        return false;
    }
    end_group(run);
    if (is_siret(run)) {
        *run = (struct run){.count = 0};
        return false;
    }
    return ends_number(run, rule);
}

bool card_number_is_in(struct str text, enum card_number_rule rule) {
    struct run run = {.count = 0};
    size_t size = 0;
    for (size_t at = 0; at < text.len; at += size) {
        uint32_t character = character_at(text, at, &size);
        int digit = digit_of(character);
        size_t after_iban = digit >= 0 && run.count == 0 ? iban_end(text, at) : at;
        if (after_iban > at) {
            size = after_iban - at;
            continue;
        }
        if (digit >= 0) {
            run.is_siret |= run.count == 0 && is_after_siret(text, at);
            run_add(&run, digit);
            continue;
        }
        if (run_part(&run, rule)) {
            return true;
        }
        run.parted++;
        if (!is_between(character) || run.parted > PARTED_MAX) {
            run = (struct run){.is_phone = character == '+'};
        }
    }
    return run_part(&run, rule);
}
