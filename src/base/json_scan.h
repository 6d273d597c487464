/* A list of objects that are all alike, read in one pass and without a tree: the members that were
 * asked for, straight from the text (simdjson behind a C header; docs/decisions/simdjson.md).
 *
 * A long text is read a window at a time, so that who reads it may do something else in between and
 * memory is bounded by the window, not by the text.
 *
 * Like json_fast.h it refuses nothing. An item that is not plainly regular is handed over as its
 * text; a document that is not, or that the caller stops at, ends the scan, and json_read says what
 * is wrong with it. What it does hand over is what json_read would have found. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    JSON_SCAN_NAMES = 12,         /* the most names of one level */
    JSON_SCAN_NAME = 15,          /* bytes of the longest name */
    JSON_SCAN_EXTRAS = 16,        /* the most other members of an item */
    JSON_SCAN_ESCAPED = 1024,     /* bytes of an item's texts that hold escapes */
    JSON_SCAN_WINDOW = 64 * 1024, /* bytes read in one step; more where one item is longer */
    JSON_SCAN_PEEK = 4 * 1024,    /* the same of the first step, which shows what it is about */
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
    union {
        int64_t integer;
        double real;
    };
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

/* --- a scan under way: the caller's memory, the members json_scan's own --- */

/* A name and its closing quotation mark, as two words and which of their bits count. */
struct json_scan_name {
    uint64_t words[2], masks[2];
    struct str text;
};
struct json_scan_level {
    struct json_scan_name names[JSON_SCAN_NAMES];
    size_t count;
    /* Where the n-th member of the item before was found: most items are alike. */
    uint8_t guess[JSON_SCAN_NAMES];
};
enum json_scan_place {
    JSON_SCAN_START,
    JSON_SCAN_FIRST, /* an item, or the list's end */
    JSON_SCAN_ITEM,
    JSON_SCAN_BETWEEN, /* a comma, or the list's end */
    JSON_SCAN_END,
};
struct json_scanner {
    struct json_scan scan;
    struct str rest; /* what is not read yet */
    size_t window;
    enum json_scan_place place;
    struct json_scan_level outer, inner;
    struct json_row row;
    char unescaped[JSON_SCAN_ESCAPED];
    size_t unescaped_len;
};

enum json_scanned {
    JSON_SCANNED_SOME, /* go on */
    JSON_SCANNED_ALL,
    JSON_SCANNED_LEFT, /* to json_read: all that was handed over is void */
};

/* `text` must stay until the scan has ended. */
void json_scan_begin(struct json_scanner *scanner, const struct json_scan *scan, struct str text);
/* The same scan of another text: the names are ready, and in which order members come is known. */
void json_scan_again(struct json_scanner *scanner, struct str text);
/* Calls `row` for items of the list, or for the one object that the text is, in order: those of one
 * window. */
enum json_scanned json_scan_step(struct json_scanner *scanner);

#ifdef __cplusplus
}
#endif

#endif
