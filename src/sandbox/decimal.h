/* Decimal numbers as integers of a power of ten: percentages and amounts below a cent. Stripe's
 * decimals have up to 12 places; no floating point touches them. */
#ifndef SANDBOX_DECIMAL_H
#define SANDBOX_DECIMAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/int128.h"

enum { DECIMAL_PLACES = 12, DECIMAL_TEXT = 48, PERCENT_PLACES = 4 };

/* One, at DECIMAL_PLACES. */
#define DECIMAL_ONE ((i128)1000000000000)

/* A hundred percent, in the units of a percentage with PERCENT_PLACES. */
#define PERCENT_WHOLE INT64_C(1000000)

/* "8.25" with at most `places` digits behind the point as an integer of 10^-places; false for
 * anything else, or for more than 18 digits before the point. */
MUST_USE bool decimal_scale(const char *text, int places, i128 *ret_value);
/* The text without needless zeros: 82500 at 4 places is "8.25". */
void decimal_text(i128 value, int places, char ret_text[DECIMAL_TEXT]);
/* The same as a JSON number; a new reference. */
json_t *decimal_number(i128 value, int places);
/* value / 10^places, rounded half away from zero. */
int64_t decimal_round(i128 value, int places);

#endif
