/* The journal; see journal.h. Coding is left to journal_record.c, searching to fingerprint.c. */
#include "gate/journal.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/crypto.h"
#include "gate/batch_cache.h"
#include "gate/fingerprint.h"
#include "gate/pending.h"

/* Slots of the fingerprint table looked at in each group while forgotten ones are won back: about
 * a tenth of a millisecond. */
enum { SWEEP_SLOTS = 1 << 15 };
/* Insertions ahead of which the memory of the next ones is brought near. */
enum { INSERT_AHEAD = 12 };

struct journal {
    struct journal_options options;
    uint64_t hash_mask;
    struct fingerprint_set ids; /* of the open group, too */
    struct pending pending;     /* those of the open group, in order */
    struct buf group;           /* its blob so far; room for the header first */
    size_t staged;              /* behind it, up to here, records that are staged; 0: none is */
    bool is_closed;             /* between close_group and committed or abandoned */
    uint64_t batch_next;        /* the open group's number */
    uint64_t loaded;            /* the last batch loaded at start, 0 for none */
    uint64_t asked;
    uint64_t collided;
    struct batch_cache cache;
};

static_assert(JOURNAL_GROUP_IDS <= UINT32_MAX / 4, "pending.h holds a group");

struct err journal_create(const struct journal_options *options, struct journal **ret_journal) {
    check(options->batch_first > 0 && options->batch_first <= PLACE_BATCH_MAX);
    check(options->hash_bits <= 64);
    check(options->ids_expected <= options->ids_max);
    struct journal *journal = env_alloc_zeroed(options->env, sizeof *journal);
    if (journal == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct err err = fingerprint_init(&journal->ids, options->env, options->ids_expected);
    if (err_failed(err)) {
        env_free(options->env, journal);
        return err;
    }
    journal->options = *options;
    unsigned bits = options->hash_bits == 0 ? 64 : options->hash_bits;
    journal->hash_mask = UINT64_MAX >> (64 - bits);
    journal->batch_next = options->batch_first;
    pending_init(&journal->pending, options->env);
    buf_init(&journal->group, options->env, BATCH_BYTES_MAX);
    size_t cache_max =
        options->cache_bytes_max == 0 ? JOURNAL_CACHE_BYTES : options->cache_bytes_max;
    batch_cache_init(&journal->cache, options->env, cache_max);
    *ret_journal = journal;
    return OK;
}

void journal_destroy(struct journal *journal) {
    if (journal == NULL) {
        return;
    }
    fingerprint_finish(&journal->ids);
    pending_finish(&journal->pending);
    buf_finish(&journal->group);
    batch_cache_finish(&journal->cache);
    env_free(journal->options.env, journal);
}

/* --- looking up --- */

static uint64_t hash_of(const struct journal *journal, struct str identity) {
    return siphash(journal->options.hash_key, identity) & journal->hash_mask;
}

/* What is looked for: any record of the identity, or one with facts, which is then read. */
struct wanted {
    uint64_t hash;
    struct str identity;
    struct usage_record *ret_record; /* NULL: any */
    struct str *ret_facts;
};

static bool is_wanted(const struct wanted *wanted, struct str blob, size_t offset) {
    return str_equal(record_identity_at(blob, offset), wanted->identity) &&
           (wanted->ret_record == NULL ||
            (record_read_at(blob, offset, wanted->ret_record, wanted->ret_facts) &&
             wanted->ret_facts->len > 0));
}

/* The records of a batch, empty when they are not at hand. */
static struct str blob_of(struct journal *journal, uint64_t batch) {
    return batch == journal->batch_next ? buf_str(&journal->group)
                                        : batch_cache_find(&journal->cache, batch);
}

static struct journal_found find(struct journal *journal, const struct wanted *wanted) {
    struct fingerprint_search search = {0};
    struct place place;
    while (fingerprint_find(&journal->ids, wanted->hash, &search, &place)) {
        struct str blob = blob_of(journal, place_batch(place));
        if (blob.bytes == NULL) {
            journal->asked++;
            return (struct journal_found){JOURNAL_ASK, place_batch(place)};
        }
        if (is_wanted(wanted, blob, place_offset(place))) {
            return (struct journal_found){.answer = JOURNAL_DUPLICATE};
        }
        journal->collided++;
    }
    return (struct journal_found){.answer = JOURNAL_NEW};
}

struct journal_found journal_lookup(struct journal *journal,
                                    const struct usage_identity *identity) {
    char coded[RECORD_PLAIN_MAX];
    struct str bytes = str_of(coded, identity_code(identity, coded));
    struct wanted wanted = {.hash = hash_of(journal, bytes), .identity = bytes};
    return find(journal, &wanted);
}

struct journal_found journal_recall(struct journal *journal, const struct usage_identity *identity,
                                    struct usage_record *ret_record, struct str *ret_facts) {
    char coded[RECORD_PLAIN_MAX];
    struct str bytes = str_of(coded, identity_code(identity, coded));
    struct wanted wanted = {hash_of(journal, bytes), bytes, ret_record, ret_facts};
    return find(journal, &wanted);
}

struct err journal_offer_batch(struct journal *journal, uint64_t number, struct str blob) {
    struct batch_reader reader;
    TRY(batch_open(blob, &reader));
    if (reader.number != number) {
        return ERR(ERR_CORRUPT);
    }
    return batch_cache_add(&journal->cache, number, blob) ? OK : ERR(ERR_NO_MEMORY);
}

/* --- the open group --- */

static struct err reserve(struct journal *journal, size_t count, size_t bytes) {
    check(!journal->is_closed);
    check(journal->staged == 0);
    if (journal->pending.count == 0) { /* once a group */
        fingerprint_sweep(&journal->ids, SWEEP_SLOTS);
    }
    size_t header = journal->group.len == 0 ? BATCH_HEADER : 0;
    if (count > JOURNAL_GROUP_IDS - journal->pending.count ||
        header + bytes > BATCH_BYTES_MAX - journal->group.len) {
        return ERR(ERR_BUSY);
    }
    if (fingerprint_count(&journal->ids) + count > journal->options.ids_max) {
        return ERR(ERR_TOO_LARGE);
    }
    TRY(pending_reserve(&journal->pending, count));
    if (buf_reserve(&journal->group, header + bytes) == NULL) {
        journal->group.has_failed = false;
        return ERR(ERR_NO_MEMORY);
    }
    return fingerprint_reserve(&journal->ids, count);
}

struct err journal_reserve(struct journal *journal, size_t count) {
    return reserve(journal, count, count * RECORD_PLAIN_MAX);
}

/* Where the next record of the group goes. */
static size_t end_of_group(const struct journal *journal) {
    return journal->group.len == 0 ? BATCH_HEADER : journal->group.len;
}

/* Codes a record behind the group and what is staged, for which room was reserved. */
static struct journal_staged stage(struct journal *journal, const struct usage_record *record,
                                   struct str facts) {
    struct buf *group = &journal->group;
    size_t offset = journal->staged == 0 ? end_of_group(journal) : journal->staged;
    check(offset <= group->capacity);
    check(group->capacity - offset >= RECORD_PLAIN_MAX + facts.len);
    size_t size = record_code(record, facts, group->bytes + offset);
    journal->staged = offset + size;
    return (struct journal_staged){.offset = (uint32_t)offset, .size = (uint32_t)size};
}

static struct str identity_of(const struct journal *journal, struct journal_staged staged) {
    return record_identity_at(str_of(journal->group.bytes, journal->staged), staged.offset);
}

struct journal_staged journal_stage(struct journal *journal, const struct usage_record *record) {
    return stage(journal, record, STR(""));
}

static void find_hash(const struct journal *journal, struct journal_staged *staged) {
    staged->hash = hash_of(journal, identity_of(journal, *staged));
    staged->is_located = true;
}

void journal_locate(const struct journal *journal, struct journal_staged *staged, size_t count) {
    for (size_t i = 0; i < count; i++) {
        find_hash(journal, &staged[i]);
    }
    for (size_t i = 0; i < count; i++) {
        fingerprint_prefetch(&journal->ids, staged[i].hash);
    }
}

/* Where one before it was dropped, it moves up. */
static void take_in(struct journal *journal, struct journal_staged staged) {
    struct buf *group = &journal->group;
    size_t offset = end_of_group(journal);
    if (offset != staged.offset) {
        memmove(group->bytes + offset, group->bytes + staged.offset, staged.size);
    }
    pending_add(&journal->pending, (struct pending_id){staged.hash, offset});
    fingerprint_insert(&journal->ids, staged.hash, place_of(journal->batch_next, offset));
    group->len = offset + staged.size;
}

/* Taken in or dropped: the last one leaves nothing staged. */
static void end_staged(struct journal *journal, struct journal_staged staged) {
    if (staged.offset + staged.size == journal->staged) {
        journal->staged = 0;
    }
}

struct journal_found journal_add(struct journal *journal, struct journal_staged staged) {
    check(staged.is_located);
    check(staged.offset >= end_of_group(journal));
    check(staged.offset + staged.size <= journal->staged);
    struct wanted wanted = {.hash = staged.hash, .identity = identity_of(journal, staged)};
    struct journal_found found = find(journal, &wanted);
    if (found.answer == JOURNAL_NEW) {
        take_in(journal, staged);
    }
    if (found.answer != JOURNAL_ASK) {
        end_staged(journal, staged);
    }
    return found;
}

static void append(struct journal *journal, const struct usage_record *record, struct str facts) {
    struct journal_staged staged = stage(journal, record, facts);
    find_hash(journal, &staged);
    take_in(journal, staged);
    end_staged(journal, staged);
}

struct err journal_append(struct journal *journal, const struct usage_record *records,
                          size_t count) {
    TRY(journal_reserve(journal, count));
    for (size_t i = 0; i < count; i++) {
        append(journal, &records[i], STR(""));
    }
    return OK;
}

struct err journal_append_with(struct journal *journal, const struct usage_record *record,
                               struct str facts) {
    TRY(reserve(journal, 1, RECORD_PLAIN_MAX + facts.len));
    append(journal, record, facts);
    return OK;
}

/* Forgets all but the group's first `count` identities. */
static void retract(struct journal *journal, size_t count) {
    struct pending *pending = &journal->pending;
    check(count <= pending->count);
    for (; pending->count > count; pending->count--) {
        struct pending_id id = pending->ids[pending->count - 1];
        fingerprint_retract(&journal->ids, id.hash, place_of(journal->batch_next, id.offset));
    }
}

struct journal_mark journal_mark(const struct journal *journal) {
    return (struct journal_mark){journal->group.len, journal->pending.count};
}

void journal_rewind(struct journal *journal, struct journal_mark mark) {
    check(!journal->is_closed);
    check(mark.bytes <= journal->group.len);
    retract(journal, mark.count);
    journal->staged = 0;
    journal->group.len = mark.bytes;
    journal->group.has_failed = false;
}

struct journal_batch journal_close_group(struct journal *journal) {
    check(!journal->is_closed);
    check(journal->staged == 0);
    uint32_t count = (uint32_t)journal->pending.count;
    if (count == 0) {
        return (struct journal_batch){.number = journal->batch_next};
    }
    journal->is_closed = true;
    batch_seal(journal->group.bytes, journal->group.len, journal->batch_next, count);
    return (struct journal_batch){journal->batch_next, count, buf_str(&journal->group)};
}

static void open_group(struct journal *journal) {
    journal->pending.count = 0;
    journal->staged = 0;
    buf_clear(&journal->group);
    journal->is_closed = false;
}

void journal_committed(struct journal *journal) {
    check(journal->is_closed);
    /* Without memory for it the store is asked instead. */
    (void)batch_cache_add(&journal->cache, journal->batch_next, buf_str(&journal->group));
    journal->batch_next++;
    open_group(journal);
}

void journal_abandoned(struct journal *journal) {
    retract(journal, 0);
    open_group(journal);
}

/* --- start and retention --- */

/* Everything is looked at before anything is remembered. */
static struct err prove_batch(struct batch_reader reader) {
    bool found = true;
    while (found) {
        struct str identity;
        size_t offset;
        TRY(batch_skip(&reader, &identity, &offset, &found));
    }
    return OK;
}

/* Remembers the identities of a batch that is proved, each a moment after its slot was asked for,
 * so that the memory of many is on its way at once. */
static void remember_batch(struct journal *journal, uint64_t number, struct str blob) {
    struct pending_id ahead[INSERT_AHEAD];
    size_t count = 0;
    for (size_t offset = BATCH_HEADER; offset < blob.len; offset += record_size_at(blob, offset)) {
        struct pending_id *id = &ahead[count % INSERT_AHEAD];
        if (count >= INSERT_AHEAD) {
            fingerprint_insert(&journal->ids, id->hash, place_of(number, id->offset));
        }
        *id = (struct pending_id){.hash = hash_of(journal, record_identity_at(blob, offset)),
                                  .offset = offset};
        fingerprint_prefetch(&journal->ids, id->hash);
        count++;
    }
    size_t first = count < INSERT_AHEAD ? 0 : count - INSERT_AHEAD;
    for (size_t i = first; i < count; i++) {
        const struct pending_id *id = &ahead[i % INSERT_AHEAD];
        fingerprint_insert(&journal->ids, id->hash, place_of(number, id->offset));
    }
}

struct err journal_expect(struct journal *journal, size_t ids) {
    return fingerprint_reserve(&journal->ids, ids);
}

struct err journal_load_batch(struct journal *journal, uint64_t number, struct str blob) {
    check(journal->pending.count == 0);
    struct batch_reader reader;
    TRY(batch_open(blob, &reader));
    if (reader.number != number || number > PLACE_BATCH_MAX) {
        return ERR(ERR_CORRUPT);
    }
    if (number <= journal->loaded) {
        return ERR(ERR_CONFLICT);
    }
    TRY(prove_batch(reader));
    if (reader.count > journal->options.ids_max - fingerprint_count(&journal->ids)) {
        return ERR(ERR_TOO_LARGE);
    }
    TRY(fingerprint_reserve(&journal->ids, reader.count));
    remember_batch(journal, number, blob);
    journal->loaded = number;
    if (journal->batch_next <= number) {
        journal->batch_next = number + 1;
    }
    return OK;
}

void journal_forget_before(struct journal *journal, uint64_t batch) {
    fingerprint_forget(&journal->ids, batch);
    fingerprint_sweep(&journal->ids, SWEEP_SLOTS);
}

struct journal_counts journal_count(const struct journal *journal) {
    const struct fingerprint_set *set = &journal->ids;
    return (struct journal_counts){
        .ids = fingerprint_count(set) - journal->pending.count,
        .slots = set->table.mask + 1 + (set->next.slots == NULL ? 0 : set->next.mask + 1),
        .open = journal->pending.count,
        .cached = journal->cache.bytes,
        .asked = journal->asked,
        .collided = journal->collided,
        .batch_next = journal->batch_next,
    };
}
