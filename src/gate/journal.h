/* The journal of usage: every accepted record, once.
 *
 * What is accepted while the writer gathers one group commit is packed into the *open group*. When
 * the group closes, its blob becomes one row, in the same transaction as everything else the group
 * did. A set of 64-bit fingerprints of (user, source, id) remembers the records; a hit is
 * compared with the record's bytes, so that the answer is exact. Where those bytes are no longer at
 * hand, the journal asks for the batch and the caller reads it from the store.
 *
 * What always holds: an identity is found from the moment it is appended, unless its group is
 * abandoned or its work rewound; batch numbers grow by one without gaps; nothing but memory is
 * touched. The journal belongs to the writer's thread alone.
 *
 * The order of calls in a group:
 *   work:  mark; for each record { lookup (ask → offer → lookup); append }; on failure rewind
 *          or, for many at once: mark; reserve; stage some; locate; add each (ask → offer → add)
 *   group: close_group → insert the row → COMMIT → committed, or abandoned */
#ifndef GATE_JOURNAL_H
#define GATE_JOURNAL_H

#include "base/env.h"
#include "gate/journal_record.h"

struct journal;

struct journal_options {
    struct env *env;
    uint8_t hash_key[16];   /* random for each process: outsiders choose the ids */
    size_t ids_max;         /* identities remembered at most, open group included */
    size_t ids_expected;    /* room from the start, so that nothing needs to grow at first; or 0 */
    size_t cache_bytes_max; /* of batch blobs; 0 for JOURNAL_CACHE_BYTES */
    uint64_t batch_first; /* number of the next group, at least 1: one more than the store's last */
    unsigned hash_bits;   /* width of a fingerprint, 0 for 64; tests plant collisions with less */
};

enum {
    JOURNAL_CACHE_BYTES = 64 * 1024 * 1024,
    JOURNAL_GROUP_IDS = 1 << 18, /* records in one group */
};

MUST_USE struct err journal_create(const struct journal_options *options,
                                   struct journal **ret_journal);
void journal_destroy(struct journal *journal); /* takes NULL */

enum journal_answer { JOURNAL_NEW, JOURNAL_DUPLICATE, JOURNAL_ASK };

struct journal_found {
    enum journal_answer answer;
    uint64_t batch; /* JOURNAL_ASK: give this batch with journal_offer_batch() and look up again */
};

struct journal_found journal_lookup(struct journal *journal, const struct usage_identity *identity);
/* The same for a record with facts; others of the identity are passed over. JOURNAL_DUPLICATE: what
 * it says, which borrows from the journal until the next call. */
struct journal_found journal_recall(struct journal *journal, const struct usage_identity *identity,
                                    struct usage_record *ret_record, struct str *ret_facts);
/* Takes a copy of a batch that was asked for. ERR_CORRUPT when the blob is damaged or another
 * batch's; ERR_NO_MEMORY. */
MUST_USE struct err journal_offer_batch(struct journal *journal, uint64_t number, struct str blob);

/* Appends all records or none. Each has been looked up, is new and differs from the others, and is
 * usage_record_valid(). ERR_TOO_LARGE past ids_max: nothing more is remembered until old batches
 * are forgotten; ERR_BUSY when the group is full: the next one has room; ERR_NO_MEMORY. */
MUST_USE struct err journal_append(struct journal *journal, const struct usage_record *records,
                                   size_t count);
/* The same for one record with facts. */
MUST_USE struct err journal_append_with(struct journal *journal, const struct usage_record *record,
                                        struct str facts);

/* Looking up and appending in one step, for many records without facts. journal_reserve() makes
 * room for `count` of them and fails as journal_append() does. journal_stage() writes a record
 * where it will lie if it is new. journal_locate() finds out where some staged ones will be looked
 * for, and brings that memory near: asked for in one go, its pages are found side by side. Each
 * staged one is then added, in order; before the last of them was, only journal_offer_batch() and
 * journal_rewind(), which drops them, may be called. */
MUST_USE struct err journal_reserve(struct journal *journal, size_t count);
struct journal_staged {
    uint32_t offset, size; /* in the group's bytes */
    uint64_t hash;         /* journal_locate()'s */
    bool is_located;
};
struct journal_staged journal_stage(struct journal *journal, const struct usage_record *record);
void journal_locate(const struct journal *journal, struct journal_staged *staged, size_t count);
/* JOURNAL_NEW: it is part of the group from here. JOURNAL_DUPLICATE: it is dropped. */
struct journal_found journal_add(struct journal *journal, struct journal_staged staged);

/* A point in the open group to which a work that fails goes back. */
struct journal_mark {
    size_t bytes;
    size_t count;
};
struct journal_mark journal_mark(const struct journal *journal);
/* Drops what was appended since the mark was made in this group. */
void journal_rewind(struct journal *journal, struct journal_mark mark);

/* The row to insert; `blob` is the journal's until the group is committed or abandoned. */
struct journal_batch {
    uint64_t number;
    uint32_t count; /* 0: nothing was appended, there is no row, neither call below is needed */
    struct str blob;
};
/* Nothing may be appended from here until journal_committed() or journal_abandoned(). */
struct journal_batch journal_close_group(struct journal *journal);
/* The row is durable: its identities stay. Cannot fail. */
void journal_committed(struct journal *journal);
/* The row is not in the store: forgets the group, closed or still open; its number is used again.
 */
void journal_abandoned(struct journal *journal);

/* At start, before the first batch: how many identities there will be, so that their table need not
 * grow again and again. ERR_NO_MEMORY. */
MUST_USE struct err journal_expect(struct journal *journal, size_t ids);
/* At start, for each stored batch in ascending order: remembers its identities. ERR_CORRUPT,
 * ERR_TOO_LARGE past ids_max, ERR_NO_MEMORY, ERR_CONFLICT when the number does not ascend. */
MUST_USE struct err journal_load_batch(struct journal *journal, uint64_t number, struct str blob);
/* Forgets all batches numbered below `batch`. Their identities are new again at once; their memory
 * is won back by and by, in later calls. */
void journal_forget_before(struct journal *journal, uint64_t batch);

struct journal_counts {
    uint64_t ids;      /* remembered, forgotten ones that still take room included */
    uint64_t slots;    /* of the fingerprint table, 16 bytes each */
    uint64_t open;     /* records in the open group */
    uint64_t cached;   /* bytes of batches at hand */
    uint64_t asked;    /* lookups that had to ask for a batch */
    uint64_t collided; /* fingerprints that matched another identity */
    uint64_t batch_next;
};
struct journal_counts journal_count(const struct journal *journal);

#endif
