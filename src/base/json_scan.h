/* A list of objects that are all alike, read in one pass and without a tree: the members that were
 * asked for, straight from the text (simdjson behind a C header; docs/decisions/simdjson.md).
 *
 * Like json_fast.h it refuses nothing. An item that is not plainly regular is handed over as its
 * text; a document that is not, or that the caller stops at, ends the scan with false, and
 * json_read says what is wrong with it. What it does hand over is what json_read would have found.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    JSON_SCAN_PADDING = 64, /* bytes behind the text that may be read, whatever they hold */
    JSON_SCAN_NAMES = 16,   /* the most names of one level */
    JSON_SCAN_EXTRAS = 16,  /* the most other members of an item */
};

enum json_slot_kind {
    JSON_SLOT_ABSENT,
    JSON_SLOT_TEXT,
    JSON_SLOT_INTEGER,
    JSON_SLOT_REAL,
    JSON_SLOT_OBJECT,
    JSON_SLOT_OTHER, /* null, true, false, a list */
};

/* One member's value. */
struct json_slot {
    enum json_slot_kind kind;
    bool is_passing; /* the text goes with the row; else it is part of the document */
    struct str text;
    int64_t integer;
    double real;
};

struct json_row {
    /* Not empty: the item was not scanned, here it is. */
    struct str raw;
    struct json_slot outer[JSON_SCAN_NAMES]; /* by the position of the name */
    struct json_slot inner[JSON_SCAN_NAMES];
    /* Names of further members of the item. */
    struct str extras[JSON_SCAN_EXTRAS];
    size_t extra_count;
};

struct json_scan {
    const struct str *outer; /* names of members of an item */
    size_t outer_count;
    size_t nested; /* the position of the one that is an object itself, with members `inner` */
    const struct str *inner;
    size_t inner_count;
    bool (*row)(void *context, const struct json_row *row); /* false ends the scan */
    void *context;
};

/* Calls `row` for each item of the list, or for the one object that the text is, in order.
 * `text` is followed by JSON_SCAN_PADDING bytes. False when it is left to json_read: all that was
 * handed over is void then. */
bool json_scan(const struct json_scan *scan, struct str text);

#ifdef __cplusplus
}
#endif

#endif
