/* The coding of facts:
 *
 *   what:1  asked  used  [limit hard_limit remaining]  [resets_at]  [grace_ends_at]
 *   reason:1 text  state:1 text  [upgrade:1 text]  detail
 *
 * `what` says which of the parts in brackets are there. Words are kept as they were said, since the
 * tables that they came from may change while somebody still asks again. */
#include "app/take_facts.h"

#include "base/check.h"
#include "gate/pack.h"

enum {
    ALLOWED = 1,
    HAS_LIMIT = 2,
    HAS_RESETS_AT = 4,
    HAS_GRACE = 8,
    HAS_UPGRADE = 16,
    KNOWN = ALLOWED | HAS_LIMIT | HAS_RESETS_AT | HAS_GRACE | HAS_UPGRADE,
    /* As take_answer_shape has them. */
    WORD_MAX = 32,
    DETAIL_MAX = 400,
};

static_assert(1 + 7 * PACK_NUMBER_MAX + 3 * (1 + WORD_MAX) + DETAIL_MAX <= RECORD_FACTS_MAX,
              "the facts of any answer fit a record");

static unsigned parts_of(const struct take_answer *answer) {
    return (answer->allowed ? ALLOWED : 0U) | (answer->has_limit ? HAS_LIMIT : 0U) |
           (answer->has_resets_at ? HAS_RESETS_AT : 0U) | (answer->has_grace ? HAS_GRACE : 0U) |
           (answer->upgrade_to.bytes != NULL ? HAS_UPGRADE : 0U);
}

static size_t put_word(char *bytes, struct str word) {
    check(word.len <= WORD_MAX);
    return pack_short_text(bytes, word);
}

static size_t put_numbers(char *bytes, const struct take_answer *answer) {
    size_t len = pack_number(bytes, answer->used);
    if (answer->has_limit) {
        len += pack_number(bytes + len, answer->limit);
        len += pack_number(bytes + len, answer->hard_limit);
        len += pack_number(bytes + len, answer->remaining);
    }
    if (answer->has_resets_at) {
        len += pack_number(bytes + len, answer->resets_at);
    }
    if (answer->has_grace) {
        len += pack_number(bytes + len, answer->grace_ends_at);
    }
    return len;
}

size_t take_facts_code(const struct take_facts *facts, char *ret_bytes) {
    const struct take_answer *answer = &facts->answer;
    check(answer->detail.len <= DETAIL_MAX);
    ret_bytes[0] = (char)parts_of(answer);
    size_t len = 1;
    len += pack_number(ret_bytes + len, facts->asked.amount);
    len += put_numbers(ret_bytes + len, answer);
    len += put_word(ret_bytes + len, answer->reason);
    len += put_word(ret_bytes + len, answer->state);
    if (answer->upgrade_to.bytes != NULL) {
        len += put_word(ret_bytes + len, answer->upgrade_to);
    }
    return len + pack_text(ret_bytes + len, answer->detail);
}

static void read_numbers(struct unpacker *unpacker, struct take_answer *answer) {
    answer->used = unpack_number(unpacker);
    if (answer->has_limit) {
        answer->limit = unpack_number(unpacker);
        answer->hard_limit = unpack_number(unpacker);
        answer->remaining = unpack_number(unpacker);
    }
    if (answer->has_resets_at) {
        answer->resets_at = unpack_number(unpacker);
    }
    if (answer->has_grace) {
        answer->grace_ends_at = unpack_number(unpacker);
    }
}

struct err take_facts_read(struct str bytes, struct take_facts *ret_facts) {
    struct unpacker unpacker = {bytes.bytes, bytes.len, false};
    unsigned parts = unpack_byte(&unpacker);
    struct take_facts facts = {.asked = quantity_of(unpack_number(&unpacker))};
    struct take_answer *answer = &facts.answer;
    answer->allowed = (parts & ALLOWED) != 0;
    answer->has_limit = (parts & HAS_LIMIT) != 0;
    answer->has_resets_at = (parts & HAS_RESETS_AT) != 0;
    answer->has_grace = (parts & HAS_GRACE) != 0;
    read_numbers(&unpacker, answer);
    answer->reason = unpack_short_text(&unpacker);
    answer->state = unpack_short_text(&unpacker);
    if ((parts & HAS_UPGRADE) != 0) {
        answer->upgrade_to = unpack_short_text(&unpacker);
    }
    answer->detail = unpack_rest(&unpacker);
    if (unpacker.is_bad || (parts & ~(unsigned)KNOWN) != 0) {
        return ERR(ERR_CORRUPT);
    }
    *ret_facts = facts;
    return OK;
}
