/* Identifiers that we make: UUIDv7 (RFC 9562), so that they sort by time of making, written as a
 * four-letter kind and 26 digits of Crockford's base32: "subs_01jd3k5t9x7m0c8a4w2e6r1q5z".
 * The kinds are ours and none of Stripe's, so that the two can be told apart on sight. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/cx.h"
#include "base/limits.h"

/* A record's id, NUL-terminated. */
struct record_id {
    char text[LIMIT_RECORD_ID];
};

/* A fresh id at the cx's clock; `kind` has four letters. */
struct record_id id_new(const struct cx *cx, const char *kind);
/* Randomness for ids in store, so that not each of them asks the system. A zeroed one is empty. */
struct id_source {
    uint8_t random[510];
    size_t left;
};
/* The same as id_new at `now_ms`, for ids that are made by the thousand and are no secret. */
struct record_id id_next(struct env *env, struct id_source *source, const char *kind,
                         int64_t now_ms);
/* The first id of a millisecond: whatever id of the kind was made then or later is not before it.
 */
struct record_id id_first(const char *kind, int64_t ms);
/* When an id was made, by the clock that made it; `text` must be one of some kind. */
int64_t id_made_ms(struct str text);
/* True when `text` has the form of an id of that kind. */
bool id_is(struct str text, const char *kind);
/* Copies text that id_is() accepted. */
struct record_id id_from(struct str text);
static inline struct str id_str(const struct record_id *id) {
    return str_from_cstr(id->text);
}

#endif
