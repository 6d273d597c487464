/* Guards: what is written to a batch is read back the same, and no damage to it is ever taken for
 * usage or leads a reader outside the bytes. */
#include "base/crypto.h"
#include "base/testing.h"
#include "gate/journal_record.h"

#include <string.h>

enum { BLOB_MAX = 4096 };

static struct usage_record plain(void) {
    return (struct usage_record){
        .identity = {STR("ada"), STR("edge-7"), STR("event-1")},
        .metric = METRIC_BANDWIDTH,
        .value = 2747282505,
        .time = {INT64_C(1431857103000)},
    };
}

static struct usage_record longest(const char *text) {
    return (struct usage_record){
        .identity = {str_of(text, LIMIT_USER_ID), str_of(text, LIMIT_EVENT_SOURCE),
                     str_of(text, LIMIT_EVENT_ID)},
        .metric = METRIC_STORAGE,
        .kind = USAGE_REVERSAL,
        .value = -LIMIT_AMOUNT,
        .time = INSTANT_MIN,
        .region = str_of(text, LIMIT_EVENT_LABEL),
        .resource = str_of(text, LIMIT_EVENT_LABEL),
    };
}

static struct usage_record take_of(enum usage_kind kind) {
    struct usage_record record = plain();
    record.kind = kind;
    record.value = kind == USAGE_NOTHING ? 0 : 5;
    return record;
}

static struct str code_batch(char *bytes, const struct usage_record *records, uint32_t count) {
    size_t len = BATCH_HEADER;
    for (uint32_t i = 0; i < count; i++) {
        len += record_code(&records[i], STR(""), bytes + len);
    }
    batch_seal(bytes, len, 7, count);
    return str_of(bytes, len);
}

/* Reads a whole batch; the records it gives. */
static struct err read_batch(struct str blob, size_t *ret_count) {
    struct batch_reader reader;
    TRY(batch_open(blob, &reader));
    size_t count = 0;
    for (bool found = true; found; count += found) {
        struct usage_record record;
        size_t offset;
        TRY(batch_next(&reader, &record, &offset, &found));
    }
    *ret_count = count;
    return OK;
}

static void assert_same(const struct usage_record *a, const struct usage_record *b) {
    assert_true(str_equal(a->identity.user_id, b->identity.user_id));
    assert_true(str_equal(a->identity.source, b->identity.source));
    assert_true(str_equal(a->identity.id, b->identity.id));
    assert_int_equal(a->metric, b->metric);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->is_set, b->is_set);
    assert_true(a->value == b->value);
    assert_true(a->time.ms == b->time.ms);
    assert_true(str_equal(a->region, b->region));
    assert_true(str_equal(a->resource, b->resource));
}

static void records_are_read_back_as_they_were_written(void **state) {
    (void)state;
    char text[LIMIT_EVENT_ID];
    memset(text, 'x', sizeof text);
    struct usage_record records[] = {plain(), longest(text), plain(),
                                     plain(), plain(),       take_of(USAGE_TAKE)};
    records[2].value = 0;
    records[2].time = INSTANT_MAX;
    records[3] = (struct usage_record){.identity = {STR("b"), STR("s"), STR("\0\xff")},
                                       .metric = METRIC_MODULES,
                                       .is_set = true,
                                       .value = LIMIT_AMOUNT,
                                       .region = STR("eu"),
                                       .resource = STR("m1")};
    records[4].kind = USAGE_RELEASE;
    records[4].value = -64;
    char bytes[BLOB_MAX];
    struct str blob = code_batch(bytes, records, ARRAY_LEN(records));
    struct batch_reader reader;
    assert_ok(batch_open(blob, &reader));
    assert_int_equal(reader.number, 7);
    assert_int_equal(reader.count, ARRAY_LEN(records));
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        struct usage_record record;
        size_t offset;
        bool found;
        assert_ok(batch_next(&reader, &record, &offset, &found));
        assert_true(found);
        assert_same(&record, &records[i]);
        char identity[RECORD_BYTES_MAX];
        size_t len = identity_code(&record.identity, identity);
        assert_true(str_equal(record_identity_at(blob, offset), str_of(identity, len)));
        assert_int_equal(offset + record_size_at(blob, offset), reader.offset);
    }
}

static void any_flipped_byte_is_refused(void **state) {
    (void)state;
    struct usage_record records[] = {plain(), plain()};
    char bytes[BLOB_MAX];
    struct str blob = code_batch(bytes, records, 2);
    for (size_t i = 0; i < blob.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
            struct batch_reader reader;
            assert_err(batch_open(blob, &reader), ERR_CORRUPT);
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
        }
    }
    size_t count = 0;
    assert_ok(read_batch(blob, &count));
    assert_int_equal(count, 2);
}

/* A blob of exactly its size on the heap, so that the address sanitizer sees any step outside. */
static struct err read_exactly(const char *bytes, size_t len, size_t *ret_count) {
    char *copy = test_malloc(len);
    memcpy(copy, bytes, len);
    if (len >= 4) {
        uint32_t crc = crc32_of(str_of(copy + 4, len - 4));
        for (size_t i = 0; i < 4; i++) {
            copy[i] = (char)(crc >> (8 * i) & 0xff);
        }
    }
    struct err err = read_batch(str_of(copy, len), ret_count);
    for (size_t i = 0; i <= len; i++) {
        (void)record_identity_at(str_of(copy, len), i);
    }
    test_free(copy);
    return err;
}

static void forged_bytes_under_a_right_checksum_stay_inside(void **state) {
    (void)state;
    struct usage_record records[] = {plain(), plain()};
    char bytes[BLOB_MAX];
    struct str blob = code_batch(bytes, records, 2);
    size_t refused = 0;
    for (size_t i = 4; i < blob.len; i++) {
        char old = bytes[i];
        for (unsigned value = 0; value < 256; value++) {
            bytes[i] = (char)value;
            size_t count = 2;
            refused += err_failed(read_exactly(bytes, blob.len, &count));
            assert_int_equal(count, 2);
        }
        bytes[i] = old;
    }
    assert_true(refused > 5000);
    for (size_t len = 1; len < blob.len; len++) {
        size_t count = 0;
        assert_err(read_exactly(bytes, len, &count), ERR_CORRUPT);
    }
}

static void each_part_of_the_header_is_checked(void **state) {
    (void)state;
    static const struct {
        size_t at;
        enum err_code code;
    } parts[] = {{4, ERR_CORRUPT},
                 {8, ERR_VERSION},
                 {10, ERR_VERSION},
                 {12, ERR_CORRUPT},
                 {16, ERR_CORRUPT}};
    struct usage_record record = plain();
    char bytes[BLOB_MAX];
    struct str blob = code_batch(bytes, &record, 1);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char old = bytes[parts[i].at];
        size_t count = 0;
        bytes[parts[i].at] = (char)(old + 1);
        assert_err(read_exactly(bytes, blob.len, &count), parts[i].code);
        bytes[parts[i].at] = 0;
        if (old != 0) {
            assert_true(err_failed(read_exactly(bytes, blob.len, &count)));
        }
        bytes[parts[i].at] = old;
    }
}

static struct str code_one(char *bytes, const struct usage_record *record, struct str facts) {
    size_t len = BATCH_HEADER + record_code(record, facts, bytes + BATCH_HEADER);
    batch_seal(bytes, len, 7, 1);
    return str_of(bytes, len);
}

static void facts_are_read_beside_their_record(void **state) {
    (void)state;
    char text[RECORD_FACTS_MAX];
    memset(text, 'x', sizeof text);
    const struct {
        struct usage_record record;
        struct str facts;
    } rows[] = {
        {plain(), STR("")},
        {take_of(USAGE_TAKE), STR("")},
        {take_of(USAGE_TAKE), STR("what was answered")},
        {take_of(USAGE_NOTHING), STR("\0")},
        {take_of(USAGE_NOTHING), str_of(text, sizeof text)},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char bytes[BLOB_MAX];
        struct str blob = code_one(bytes, &rows[i].record, rows[i].facts);
        struct usage_record record;
        struct str facts;
        size_t count = 0;
        assert_true(record_read_at(blob, BATCH_HEADER, &record, &facts));
        assert_same(&record, &rows[i].record);
        assert_true(str_equal(facts, rows[i].facts));
        assert_ok(read_exactly(bytes, blob.len, &count));
        assert_int_equal(count, 1);
    }
}

static void who_has_facts_is_known(void **state) {
    (void)state;
    char text[RECORD_FACTS_MAX + 1] = {0};
    const struct {
        enum usage_kind kind;
        size_t least, most;
    } rows[] = {{USAGE_EVENT, 0, 0},   {USAGE_TAKE, 0, RECORD_FACTS_MAX},
                {USAGE_RELEASE, 0, 0}, {USAGE_REVERSAL, 0, 0},
                {USAGE_LEASE, 0, 0},   {USAGE_NOTHING, 1, RECORD_FACTS_MAX}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct usage_record record = {.kind = rows[i].kind};
        for (size_t len = 0; len <= RECORD_FACTS_MAX + 1; len++) {
            assert_int_equal(record_may_have(&record, str_of(text, len)),
                             len >= rows[i].least && len <= rows[i].most);
        }
    }
}

/* Whatever an earlier release has written is read, and is nothing that it could not have written.
 */
static void a_batch_of_an_earlier_release_is_read(void **state) {
    (void)state;
    struct usage_record sound[] = {plain(), take_of(USAGE_TAKE)};
    struct usage_record newer[] = {take_of(USAGE_TAKE), take_of(USAGE_NOTHING)};
    char bytes[BLOB_MAX];
    size_t count = 0;
    struct str blob = code_batch(bytes, sound, ARRAY_LEN(sound));
    assert_int_equal(bytes[8], 2);
    bytes[8] = 1;
    assert_ok(read_exactly(bytes, blob.len, &count));
    assert_int_equal(count, ARRAY_LEN(sound));
    for (size_t i = 0; i < ARRAY_LEN(newer); i++) {
        blob = code_one(bytes, &newer[i], STR("facts"));
        assert_ok(read_exactly(bytes, blob.len, &count));
        bytes[8] = 1;
        assert_err(read_exactly(bytes, blob.len, &count), ERR_CORRUPT);
    }
}

static void numbers_have_one_form(void **state) {
    (void)state;
    struct usage_record record = plain();
    record.value = 0;
    char bytes[BLOB_MAX];
    struct str blob = code_batch(bytes, &record, 1);
    /* Behind lengths, texts and tag stands the value: zero as 80 00 instead of 00. */
    size_t value_at = BATCH_HEADER + 2 + 3 +
                      strlen("ada"
                             "edge-7"
                             "event-1") +
                      1;
    assert_int_equal(bytes[value_at], 0);
    memmove(bytes + value_at + 1, bytes + value_at, blob.len - value_at);
    bytes[value_at] = (char)0x80;
    bytes[BATCH_HEADER] = (char)(bytes[BATCH_HEADER] + 1);
    batch_seal(bytes, blob.len + 1, 7, 1);
    size_t count = 0;
    assert_err(read_batch(str_of(bytes, blob.len + 1), &count), ERR_CORRUPT);
}

static void records_out_of_bounds_are_not_valid(void **state) {
    (void)state;
    char text[LIMIT_EVENT_ID + 1];
    memset(text, 'x', sizeof text);
    struct usage_record good = plain();
    assert_true(usage_record_valid(&good));
    struct usage_record bad[] = {good, good, good, good, good, good, good, good, good,
                                 good, good, good, good, good, good, good, good};
    size_t i = 0;
    bad[i++].identity.user_id = STR("");
    bad[i++].identity.user_id = str_of(text, LIMIT_USER_ID + 1);
    bad[i++].identity.source = STR("");
    bad[i++].identity.source = str_of(text, LIMIT_EVENT_SOURCE + 1);
    bad[i++].identity.id = STR("");
    bad[i++].identity.id = str_of(text, LIMIT_EVENT_ID + 1);
    bad[i++].region = str_of(text, LIMIT_EVENT_LABEL + 1);
    bad[i++].resource = str_of(text, LIMIT_EVENT_LABEL + 1);
    bad[i++].metric = (enum metric)METRIC_COUNT;
    bad[i++].kind = USAGE_KIND_COUNT;
    bad[i++].value = LIMIT_AMOUNT + 1;
    bad[i++].value = -1;    /* a counter's event only adds */
    bad[i++].is_set = true; /* and is never set */
    bad[i++].time.ms = INSTANT_MAX.ms + 1;
    bad[i].metric = METRIC_MODULES;
    bad[i].is_set = true;
    bad[i++].value = -1;
    bad[i].metric = METRIC_MODULES;
    bad[i].is_set = true;
    bad[i++].kind = USAGE_TAKE;
    bad[i] = take_of(USAGE_NOTHING);
    bad[i++].value = 1;
    assert_int_equal(i, ARRAY_LEN(bad));
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(usage_record_valid(&bad[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_back_as_they_were_written),
        cmocka_unit_test(any_flipped_byte_is_refused),
        cmocka_unit_test(forged_bytes_under_a_right_checksum_stay_inside),
        cmocka_unit_test(each_part_of_the_header_is_checked),
        cmocka_unit_test(facts_are_read_beside_their_record),
        cmocka_unit_test(who_has_facts_is_known),
        cmocka_unit_test(a_batch_of_an_earlier_release_is_read),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(records_out_of_bounds_are_not_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
