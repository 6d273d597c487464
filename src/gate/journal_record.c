/* The coding of batches; see journal_record.h, which has the layout. */
#include "gate/journal_record.h"

#include <string.h>

#include "base/check.h"
#include "base/crypto.h"
#include "gate/pack.h"

enum {
    BATCH_MAGIC = 0x424a5054, /* "TPJB" as it lies */
    BATCH_VERSION = 2,
    BATCH_VERSION_PLAIN = 1, /* of before takes were remembered here: no facts, no USAGE_NOTHING */
    AT_CRC = 0,
    AT_MAGIC = 4,
    AT_VERSION = 8,
    AT_COUNT = 12,
    AT_BYTES = 16,
    AT_NUMBER = 20,
    RECORD_LENGTH = 2,   /* bytes of a record's own length, which does not count itself */
    IDENTITY_LENGTHS = 3 /* one byte for each of its texts */
};

/* The tag byte: metric in bits 0-3, kind in 4-6, is_set in 7. */
enum { TAG_KIND_SHIFT = 4, TAG_SET = 0x80 };

static_assert(METRIC_COUNT <= 16 && USAGE_KIND_COUNT <= 8, "the tag holds metric and kind");
static_assert(LIMIT_EVENT_SOURCE <= UINT8_MAX && LIMIT_EVENT_ID <= UINT8_MAX &&
                  LIMIT_USER_ID <= UINT8_MAX && LIMIT_EVENT_LABEL <= UINT8_MAX,
              "one byte holds the length of any text");

/* --- numbers --- */

static void put_u32(char *bytes, uint32_t value) {
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = (char)(value >> (8 * i) & 0xff);
    }
}

static uint32_t get_u32(const char *bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        value |= (uint32_t)(uint8_t)bytes[i] << (8 * i);
    }
    return value;
}

/* --- records --- */

static bool length_within(struct str text, size_t min, size_t max) {
    return text.len >= min && text.len <= max;
}

static bool value_valid(const struct usage_record *record) {
    if (record->value < -LIMIT_AMOUNT || record->value > LIMIT_AMOUNT) {
        return false;
    }
    if (!usage_record_is_counted(record)) {
        return record->value == 0 && !record->is_set;
    }
    bool is_gauge = metric_kind(record->metric) == METRIC_GAUGE;
    bool is_event = record->kind == USAGE_EVENT;
    if (record->is_set) {
        return is_gauge && is_event && record->value >= 0;
    }
    /* Counters only grow by events; a release or a reversal takes back. */
    return is_gauge || !is_event || record->value >= 0;
}

bool usage_record_is_counted(const struct usage_record *record) {
    return record->kind != USAGE_NOTHING;
}

bool record_may_have(const struct usage_record *record, struct str facts) {
    bool may_have = record->kind == USAGE_TAKE || record->kind == USAGE_NOTHING;
    return length_within(facts, record->kind == USAGE_NOTHING, may_have ? RECORD_FACTS_MAX : 0);
}

bool usage_record_valid(const struct usage_record *record) {
    return (unsigned)record->metric < METRIC_COUNT && (unsigned)record->kind < USAGE_KIND_COUNT &&
           length_within(record->identity.user_id, 1, LIMIT_USER_ID) &&
           length_within(record->identity.source, 1, LIMIT_EVENT_SOURCE) &&
           length_within(record->identity.id, 1, LIMIT_EVENT_ID) &&
           length_within(record->region, 0, LIMIT_EVENT_LABEL) &&
           length_within(record->resource, 0, LIMIT_EVENT_LABEL) &&
           instant_is_valid(record->time) && value_valid(record);
}

size_t identity_code(const struct usage_identity *identity, char *ret_bytes) {
    check(length_within(identity->user_id, 1, LIMIT_USER_ID));
    check(length_within(identity->source, 1, LIMIT_EVENT_SOURCE));
    check(length_within(identity->id, 1, LIMIT_EVENT_ID));
    ret_bytes[0] = (char)identity->user_id.len;
    ret_bytes[1] = (char)identity->source.len;
    ret_bytes[2] = (char)identity->id.len;
    size_t len = IDENTITY_LENGTHS;
    len += pack_text(ret_bytes + len, identity->user_id);
    len += pack_text(ret_bytes + len, identity->source);
    len += pack_text(ret_bytes + len, identity->id);
    return len;
}

size_t record_code(const struct usage_record *record, struct str facts, char *ret_bytes) {
    check(usage_record_valid(record));
    check(record_may_have(record, facts));
    size_t len = RECORD_LENGTH;
    len += identity_code(&record->identity, ret_bytes + len);
    unsigned tag = (unsigned)record->metric | (unsigned)record->kind << TAG_KIND_SHIFT |
                   (record->is_set ? TAG_SET : 0);
    ret_bytes[len++] = (char)tag;
    len += pack_number(ret_bytes + len, record->value);
    len += pack_number(ret_bytes + len, record->time.ms);
    len += pack_short_text(ret_bytes + len, record->region);
    len += pack_short_text(ret_bytes + len, record->resource);
    len += pack_text(ret_bytes + len, facts);
    check(len <= RECORD_BYTES_MAX);
    ret_bytes[0] = (char)((len - RECORD_LENGTH) & 0xff);
    ret_bytes[1] = (char)((len - RECORD_LENGTH) >> 8);
    return len;
}

struct str record_identity_at(struct str blob, size_t offset) {
    if (offset < BATCH_HEADER || offset > blob.len ||
        blob.len - offset < RECORD_LENGTH + IDENTITY_LENGTHS) {
        return STR("");
    }
    const char *identity = blob.bytes + offset + RECORD_LENGTH;
    size_t len = IDENTITY_LENGTHS + (size_t)(uint8_t)identity[0] + (size_t)(uint8_t)identity[1] +
                 (size_t)(uint8_t)identity[2];
    return blob.len - offset - RECORD_LENGTH < len ? STR("") : str_of(identity, len);
}

size_t record_size_at(struct str blob, size_t offset) {
    check(blob.len >= RECORD_LENGTH && offset <= blob.len - RECORD_LENGTH);
    size_t len = (size_t)(uint8_t)blob.bytes[offset];
    return RECORD_LENGTH + (len | (size_t)(uint8_t)blob.bytes[offset + 1] << 8);
}

/* --- batches --- */

void batch_seal(char *bytes, size_t len, uint64_t number, uint32_t count) {
    check(len >= BATCH_HEADER && len <= BATCH_BYTES_MAX);
    memset(bytes, 0, BATCH_HEADER);
    put_u32(bytes + AT_MAGIC, BATCH_MAGIC);
    bytes[AT_VERSION] = BATCH_VERSION;
    put_u32(bytes + AT_COUNT, count);
    put_u32(bytes + AT_BYTES, (uint32_t)len);
    put_u32(bytes + AT_NUMBER, (uint32_t)(number & UINT32_MAX));
    put_u32(bytes + AT_NUMBER + 4, (uint32_t)(number >> 32));
    put_u32(bytes + AT_CRC, crc32_of(str_of(bytes + AT_MAGIC, len - AT_MAGIC)));
}

struct err batch_open(struct str blob, struct batch_reader *ret_reader) {
    if (blob.len < BATCH_HEADER || blob.len > BATCH_BYTES_MAX ||
        get_u32(blob.bytes + AT_CRC) != crc32_of(str_skip(blob, AT_MAGIC)) ||
        get_u32(blob.bytes + AT_MAGIC) != BATCH_MAGIC) {
        return ERR(ERR_CORRUPT);
    }
    /* The checksum holds, so an unknown version is a newer release's and not damage. */
    uint32_t version = get_u32(blob.bytes + AT_VERSION);
    if (version != BATCH_VERSION && version != BATCH_VERSION_PLAIN) {
        return ERR(ERR_VERSION);
    }
    if (get_u32(blob.bytes + AT_BYTES) != blob.len) {
        return ERR(ERR_CORRUPT);
    }
    *ret_reader = (struct batch_reader){
        .blob = blob,
        .number = (uint64_t)get_u32(blob.bytes + AT_NUMBER) |
                  (uint64_t)get_u32(blob.bytes + AT_NUMBER + 4) << 32,
        .count = get_u32(blob.bytes + AT_COUNT),
        .is_plain = version == BATCH_VERSION_PLAIN,
        .offset = BATCH_HEADER,
    };
    return OK;
}

static struct usage_record unpack_record(struct unpacker *unpacker) {
    size_t user_len = unpack_byte(unpacker);
    size_t source_len = unpack_byte(unpacker);
    size_t id_len = unpack_byte(unpacker);
    struct usage_record record = {0};
    record.identity.user_id = unpack_text(unpacker, user_len);
    record.identity.source = unpack_text(unpacker, source_len);
    record.identity.id = unpack_text(unpacker, id_len);
    unsigned tag = unpack_byte(unpacker);
    record.metric = (enum metric)(tag & 0xf);
    record.kind = (enum usage_kind)(tag >> TAG_KIND_SHIFT & 0x7);
    record.is_set = (tag & TAG_SET) != 0;
    record.value = unpack_number(unpacker);
    record.time.ms = unpack_number(unpacker);
    record.region = unpack_short_text(unpacker);
    record.resource = unpack_short_text(unpacker);
    return record;
}

bool record_read_at(struct str blob, size_t offset, struct usage_record *ret_record,
                    struct str *ret_facts) {
    check(offset <= blob.len);
    struct unpacker unpacker = {blob.bytes + offset, blob.len - offset, false};
    size_t len = unpack_byte(&unpacker);
    len |= (size_t)unpack_byte(&unpacker) << 8;
    if (unpacker.is_bad || len > unpacker.left) {
        return false;
    }
    unpacker.left = len;
    *ret_record = unpack_record(&unpacker);
    *ret_facts = unpack_rest(&unpacker);
    return !unpacker.is_bad && usage_record_valid(ret_record) &&
           record_may_have(ret_record, *ret_facts);
}

struct err batch_next(struct batch_reader *reader, struct usage_record *ret_record,
                      size_t *ret_offset, bool *ret_found) {
    size_t left = reader->blob.len - reader->offset;
    if (reader->seen == reader->count) {
        *ret_found = false;
        return left == 0 ? OK : ERR(ERR_CORRUPT);
    }
    struct usage_record record;
    struct str facts;
    if (!record_read_at(reader->blob, reader->offset, &record, &facts) ||
        (reader->is_plain && (facts.len > 0 || !usage_record_is_counted(&record)))) {
        return ERR(ERR_CORRUPT);
    }
    *ret_record = record;
    *ret_offset = reader->offset;
    *ret_found = true;
    reader->offset += record_size_at(reader->blob, reader->offset);
    reader->seen++;
    return OK;
}

struct err batch_skip(struct batch_reader *reader, struct str *ret_identity, size_t *ret_offset,
                      bool *ret_found) {
    size_t left = reader->blob.len - reader->offset;
    *ret_found = reader->seen < reader->count;
    if (!*ret_found) {
        return left == 0 ? OK : ERR(ERR_CORRUPT);
    }
    struct str identity = record_identity_at(reader->blob, reader->offset);
    size_t len = identity.len == 0 ? 0 : record_size_at(reader->blob, reader->offset);
    if (len > left || len < RECORD_LENGTH + identity.len || identity.len <= IDENTITY_LENGTHS) {
        return ERR(ERR_CORRUPT);
    }
    *ret_identity = identity;
    *ret_offset = reader->offset;
    reader->offset += len;
    reader->seen++;
    return OK;
}

struct err batch_each_counted(struct str blob,
                              struct err (*each)(void *context, const struct usage_record *record),
                              void *context) {
    struct batch_reader reader;
    struct usage_record record;
    size_t offset = 0;
    bool is_found = false;
    TRY(batch_open(blob, &reader));
    TRY(batch_next(&reader, &record, &offset, &is_found));
    while (is_found) {
        TRY(usage_record_is_counted(&record) ? each(context, &record) : OK);
        TRY(batch_next(&reader, &record, &offset, &is_found));
    }
    return OK;
}
