/* How usage is written down: records packed into the blob of one batch.
 *
 *   blob    crc32:4  magic:4  version:2  reserved:2  count:4  bytes:4  number:8  record*
 *   record  length:2  user:1 source:1 id:1  the three texts  tag:1  value  time
 *           region:1 text  resource:1 text  facts
 *
 * Fixed numbers are little-endian; `value` and `time` are zigzag variable-length integers of at
 * most ten bytes in their shortest form. The CRC covers all that follows it. What identifies a
 * record (user, source, id with their lengths) is one run of bytes, so that it is hashed and
 * compared as it lies. Only takes have facts: up to RECORD_FACTS_MAX bytes, given and read beside
 * the record, which is a part of every event in memory.
 *
 * Decoding trusts nothing: neither a flipped bit nor a forged length leads outside the blob. */
#ifndef GATE_JOURNAL_RECORD_H
#define GATE_JOURNAL_RECORD_H

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/calendar.h"
#include "core/metric.h"

enum usage_kind {
    USAGE_EVENT,
    USAGE_TAKE,
    USAGE_RELEASE,
    USAGE_REVERSAL,
    USAGE_LEASE,
    USAGE_NOTHING, /* a take that counted nothing, denied or of nothing: only its facts matter */
    USAGE_KIND_COUNT
};

/* What makes a record the same record however often it is sent. */
struct usage_identity {
    struct str user_id; /* 1 to LIMIT_USER_ID bytes */
    struct str source;  /* 1 to LIMIT_EVENT_SOURCE */
    struct str id;      /* 1 to LIMIT_EVENT_ID */
};

/* One thing that was used; the texts are borrowed. */
struct usage_record {
    struct usage_identity identity;
    enum metric metric;
    enum usage_kind kind;
    bool is_set;         /* `value` is the new level of a gauge, not an addition */
    int64_t value;       /* -LIMIT_AMOUNT to LIMIT_AMOUNT; a release is negative */
    struct instant time; /* when it happened */
    struct str region;   /* 0 to LIMIT_EVENT_LABEL bytes, as is resource */
    struct str resource;
};

enum {
    BATCH_HEADER = 28,
    /* A record's place in its batch fits 24 bits (fingerprint.h). */
    BATCH_BYTES_MAX = 1 << 24,
    RECORD_PLAIN_MAX = 2 + 3 + LIMIT_USER_ID + LIMIT_EVENT_SOURCE + LIMIT_EVENT_ID + 1 + 2 * 10 +
                       2 * (1 + LIMIT_EVENT_LABEL), /* without facts */
    RECORD_FACTS_MAX = 576,
    RECORD_BYTES_MAX = RECORD_PLAIN_MAX + RECORD_FACTS_MAX,
};

/* True when every part is within its bounds; what comes from outside is asked this first. */
bool usage_record_valid(const struct usage_record *record);
/* False when it adds to no total and no account: it is there to be found by its identity. */
bool usage_record_is_counted(const struct usage_record *record);

/* Codes a valid identity into at most RECORD_BYTES_MAX bytes; how many it took. */
size_t identity_code(const struct usage_identity *identity, char *ret_bytes);
/* Codes a valid record with what facts it may have into RECORD_BYTES_MAX bytes; how many it took.
 */
size_t record_code(const struct usage_record *record, struct str facts, char *ret_bytes);
/* Takes have facts or none; one that counted nothing has some, and nothing else has any. */
bool record_may_have(const struct usage_record *record, struct str facts);
/* The coded identity of the record that begins at `offset`; empty when none can begin there. */
struct str record_identity_at(struct str blob, size_t offset);

/* The bytes that the record at `offset` takes, in a batch whose records batch_next() has walked. */
size_t record_size_at(struct str blob, size_t offset);

/* Reads the record that begins at `offset`, borrowing from the blob; false for anything that
 * record_code() would not have written. */
bool record_read_at(struct str blob, size_t offset, struct usage_record *ret_record,
                    struct str *ret_facts);

/* Writes the header over the first BATCH_HEADER bytes of `bytes`, whose records are complete. */
void batch_seal(char *bytes, size_t len, uint64_t number, uint32_t count);

/* Walks the records of a batch. */
struct batch_reader {
    struct str blob;
    uint64_t number;
    uint32_t count; /* of records in the batch */
    uint32_t seen;
    bool is_plain; /* of a release that knew no facts */
    size_t offset; /* of the next record */
};

/* Checks header, length and checksum: ERR_CORRUPT, or ERR_VERSION from a newer release. */
MUST_USE struct err batch_open(struct str blob, struct batch_reader *ret_reader);
/* The next record, borrowing from the blob, and where it began; *ret_found is false after the last.
 * ERR_CORRUPT for anything that record_code() would not have written. */
MUST_USE struct err batch_next(struct batch_reader *reader, struct usage_record *ret_record,
                               size_t *ret_offset, bool *ret_found);

/* The same by the lengths alone: for who needs the identities of a batch whose checksum holds, and
 * not what the records say. */
MUST_USE struct err batch_skip(struct batch_reader *reader, struct str *ret_identity,
                               size_t *ret_offset, bool *ret_found);

/* All of a batch that are counted, in their order, until `each` fails. */
MUST_USE struct err batch_each_counted(struct str blob,
                                       struct err (*each)(void *context,
                                                          const struct usage_record *record),
                                       void *context);

#endif
