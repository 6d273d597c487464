/* How dates and numbers are written for a person: locales that the pages know, and the weekday on
 * which a week begins there.
 *
 * A locale is a BCP 47 tag: a language that the pages have, and a region whose habits they follow
 * (1,234.5 in en-US, 1.234,5 in en-DE, 12,34,567 in en-IN). Weekdays are those of ISO 8601: 1 is
 * Monday. Source: CLDR, supplemental/weekData. */
#ifndef CORE_APPEARANCE_H
#define CORE_APPEARANCE_H

#include "core/locale.h"

enum { WEEKDAY_MONDAY = 1, WEEKDAY_SUNDAY = 7 };

/* In order, NULL after the last: "de-AT", … */
extern const char *const appearance_locales[];

/* The place of a tag; -1 when it is none of them. */
int appearance_locale_find(struct str tag);
/* Of the locale at a place: its language, and the first weekday. */
enum language appearance_language(int locale);
int appearance_first_weekday(int locale);

/* Whether a zone of the tz database can be shown by browsers: those in folders of other clocks
 * ("right/", "posix/") and names that are no place ("localtime") can not. */
MUST_USE bool appearance_zone_fits(struct str name);

#endif
