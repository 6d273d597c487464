/* Who answers for the accessibility of the pages, where to tell of barriers, and who sees to it by
 * law (Directive (EU) 2019/882, article 13 and annex V): what the catalogue says of it, and the
 * authorities of countries. Pure. */
#ifndef CORE_ACCESSIBILITY_H
#define CORE_ACCESSIBILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { ACCESSIBILITY_LIMITS_MAX = 8, ACCESSIBILITY_TEXT = 301 };

/* NUL-terminated texts; empty: not said. */
struct accessibility {
    bool is_said; /* the catalogue has the section */
    char operator_name[121];
    char email[255]; /* where barriers are told of */
    char phone[41];
    char address[ACCESSIBILITY_TEXT];
    char country[3];   /* ISO 3166-1 alpha-2 */
    char reviewed[11]; /* the day on which the statement was looked at last: 2026-11-29 */
    char authority[ACCESSIBILITY_TEXT];
    char limits[ACCESSIBILITY_LIMITS_MAX]
               [ACCESSIBILITY_TEXT]; /* known, beside those of the program */
    size_t limit_count;
};

struct accessibility_authority {
    const char *country, *name, *url;
};
/* Who watches over services of electronic commerce there; NULL: none of the table. */
const struct accessibility_authority *accessibility_authority_of(struct str country);
extern const struct accessibility_authority accessibility_authorities[];
extern const size_t accessibility_authority_count;

/* Whether a text is a day of the calendar, 1970 to 9999, as ISO 8601 writes it. */
bool accessibility_is_day(struct str text);

#endif
