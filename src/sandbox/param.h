/* What a route accepts: tables of parameters, and the one place that reads request texts into
 * typed values. Unknown names, missing ones, wrong kinds and empty values are refused in Stripe's
 * words before a handler runs, so that handlers may trust what they are given. */
#ifndef SANDBOX_PARAM_H
#define SANDBOX_PARAM_H

#include "sandbox/fault.h"

enum param_kind {
    PARAM_TEXT,
    PARAM_INTEGER,
    PARAM_BOOLEAN,
    PARAM_ENUM,
    PARAM_OBJECT,
    PARAM_LIST,           /* of `item` */
    PARAM_TEXTS,          /* a list of texts */
    PARAM_MAP,            /* metadata: any keys, texts */
    PARAM_RANGE,          /* created: a number, or gt gte lt lte */
    PARAM_MOMENT,         /* a time, or the word in `words` */
    PARAM_DECIMAL,        /* text of digits with at most 12 behind the point */
    PARAM_TEXT_OR_OBJECT, /* either; an object has `of` */
    PARAM_DICT,           /* objects of `of` under any names */
};

enum { PARAM_REQUIRED = 1, PARAM_EMPTYABLE = 2 };

struct param {
    const char *name; /* NULL ends a table */
    enum param_kind kind;
    unsigned flags;
    int64_t min, max;         /* PARAM_INTEGER; both 0: any */
    const char *const *words; /* PARAM_ENUM, PARAM_MOMENT: NULL-terminated */
    const struct param *of;   /* PARAM_OBJECT, and the items of PARAM_LIST */
};

/* What every route takes, and what every list takes. */
#define PARAMS_COMMON                                                                              \
    {.name = "expand", .kind = PARAM_TEXTS}, {                                                     \
        .name = NULL                                                                               \
    }
#define PARAMS_PAGE                                                                                \
    {.name = "limit", .kind = PARAM_INTEGER, .min = 1, .max = 100},                                \
        {.name = "starting_after", .kind = PARAM_TEXT}, {                                          \
        .name = "ending_before", .kind = PARAM_TEXT                                                \
    }

enum { PARAM_TEXT_MAX = 5000, METADATA_KEYS = 50, METADATA_KEY = 40, METADATA_VALUE = 500 };

/* Reads `tree` (form.h) by `table` into a new object: integers, booleans, arrays, objects; emptied
 * values are JSON null. NULL with *fault filled otherwise. */
MUST_USE json_t *param_read(json_t *tree, const struct param *table, struct fault *fault);

/* Applies a metadata parameter to `object`'s metadata: keys merge, empty values remove, null
 * empties. */
void metadata_merge(json_t *object, json_t *params);

#endif
