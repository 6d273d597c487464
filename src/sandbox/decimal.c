/* Decimal numbers as integers; see the header. */
#include "sandbox/decimal.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { WHOLE_DIGITS = 18 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool decimal_scale(const char *text, int places, i128 *ret_value) {
    bool is_negative = text[0] == '-';
    const char *at = is_negative ? text + 1 : text;
    i128 value = 0;
    int whole = 0;
    int behind = 0;
    for (; is_digit(*at) && whole < WHOLE_DIGITS; at++, whole++) {
        value = value * 10 + (*at - '0');
    }
    if (*at == '.' && whole > 0) {
        for (at++; is_digit(*at) && behind < places; at++, behind++) {
            value = value * 10 + (*at - '0');
        }
        if (behind == 0) {
            return false;
        }
    }
    if (whole == 0 || *at != '\0') {
        return false;
    }
    for (; behind < places; behind++) {
        value *= 10;
    }
    *ret_value = is_negative ? -value : value;
    return true;
}

static i128 power_of_ten(int places) {
    i128 power = 1;
    for (int i = 0; i < places; i++) {
        power *= 10;
    }
    return power;
}

void decimal_text(i128 value, int places, char ret_text[DECIMAL_TEXT]) {
    bool is_negative = value < 0;
    i128 magnitude = is_negative ? -value : value;
    i128 power = power_of_ten(places);
    check(magnitude / power <= INT64_MAX);
    char behind[DECIMAL_TEXT];
    (void)snprintf(behind, sizeof behind, "%0*lld",
                   places > DECIMAL_PLACES ? DECIMAL_PLACES : places,
                   (long long)(magnitude % power));
    size_t len = places == 0 ? 0 : strlen(behind);
    while (len > 0 && behind[len - 1] == '0') {
        len--;
    }
    (void)snprintf(ret_text, DECIMAL_TEXT, "%s%lld%s%.*s", is_negative ? "-" : "",
                   (long long)(magnitude / power), len > 0 ? "." : "", (int)len, behind);
}

json_t *decimal_number(i128 value, int places) {
    char text[DECIMAL_TEXT];
    decimal_text(value, places, text);
    json_t *number = json_loads(text, JSON_DECODE_ANY, NULL);
    check(number != NULL);
    return number;
}

int64_t decimal_round(i128 value, int places) {
    i128 power = power_of_ten(places);
    bool is_negative = value < 0;
    i128 magnitude = is_negative ? -value : value;
    i128 rounded = (magnitude * 2 + power) / (power * 2);
    check(rounded <= INT64_MAX);
    return is_negative ? -(int64_t)rounded : (int64_t)rounded;
}
