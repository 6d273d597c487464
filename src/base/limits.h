/* Every declared maximum that more than one layer relies on. A list, string, queue or retry without
 * an entry here (or beside its owner) is a defect. Sums of bounded amounts are proved not to
 * overflow below. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <assert.h>
#include <stdint.h>

enum {
    LIMIT_USER_ID = 64,               /* bytes of the platform's identifier of a customer */
    LIMIT_RECORD_ID = 32,             /* "subs_" and 26 base32 digits, NUL included */
    LIMIT_STRIPE_ID = 255,            /* Stripe promises no more */
    LIMIT_NAME = 200,                 /* characters in any script (SHAPE_IN_CHARACTERS) */
    LIMIT_STEP_UP_SECONDS_MIN = 30,   /* of how old a proof of who one is may be set to be */
    LIMIT_STEP_UP_SECONDS_MAX = 3600, /* the same */
    LIMIT_FILE_MB_MAX = 1000 * 1000,  /* what the bound of an export may be set to: a terabyte */
    LIMIT_TIME_ZONE = 64,             /* bytes of a name of the tz database */
    LIMIT_EMAIL = 254,                /* RFC 5321 path */
    LIMIT_EVENT_ID = 128,
    LIMIT_EVENT_SOURCE = 128,
    LIMIT_EVENT_LABEL = 64, /* region, resource */
    LIMIT_IDEMPOTENCY_KEY = 255,

    LIMIT_BATCH_EVENTS = 10000,
    LIMIT_BODY_EVENTS = 8 * 1024 * 1024,
    LIMIT_BODY_WEBHOOK = 1024 * 1024,
    LIMIT_BODY_LEASES = 512 * 1024,
    LIMIT_BODY = 64 * 1024,
    LIMIT_HEADER_BYTES = 16 * 1024,
    LIMIT_HEADER_TIME_MS = 10 * 1000,
    LIMIT_CONNECTIONS = 10000,
    LIMIT_JSON_DEPTH = 16,
    LIMIT_PAGE = 100, /* rows of a list */
    LIMIT_REQUEST_ARENA = 64 * 1024 * 1024,
    LIMIT_FIELD_ERRORS = 32, /* problems named in one answer */
};

/* The largest amount of usage or money in one event, request or row: 2^53, what every JSON reader
 * can carry exactly. */
#define LIMIT_AMOUNT ((int64_t)1 << 53)

static_assert(LIMIT_AMOUNT <= INT64_MAX / 1000,
              "a thousand of the largest amounts fit an int64_t; longer sums need 128 bits");

#endif
