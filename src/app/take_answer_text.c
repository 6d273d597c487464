/* An answer's JSON without walking its shape: the same bytes for a sixth of the work. Whoever asks
 * waits for little else.
 *
 * Members are written in the order of the shape. Texts that would need escapes are left to the
 * shape (all are words of tables or sentences of ours, so that none does). take_answer_text_test.c
 * holds the two against each other over random answers. */
#include "app/take.h"

#include "base/check.h"
#include "base/put.h"

/* The names with their punctuation, and the longest value of each that is no text. */
enum { BESIDE_TEXTS = 208 + 4 * PUT_I64_MAX + 3 * PUT_RFC3339_MAX };

static size_t room_for(const struct take_answer *answer) {
    return BESIDE_TEXTS + answer->reason.len + answer->detail.len + answer->state.len +
           answer->upgrade_to.len;
}

static bool is_plain(const struct take_answer *answer) {
    return json_is_plain(answer->reason) && json_is_plain(answer->detail) &&
           json_is_plain(answer->state) && json_is_plain(answer->upgrade_to);
}

static char *put_number_or_null(char *at, bool has_value, int64_t value) {
    return has_value ? put_i64(at, value) : put_str(at, STR("null"));
}

static char *put_instant_or_null(char *at, bool has_value, int64_t ms) {
    if (!has_value) {
        return put_str(at, STR("null"));
    }
    *at = '"';
    at = put_rfc3339(at + 1, ms);
    *at = '"';
    return at + 1;
}

static char *put_upgrade(char *at, struct str tier) {
    bool has_upgrade = tier.bytes != NULL;
    struct str mark = has_upgrade ? STR("\"") : STR("");
    at = put_str(at, mark);
    at = put_str(at, has_upgrade ? tier : STR("null"));
    return put_str(at, mark);
}

static char *put_answer(char *at, const struct take_answer *answer) {
    at = put_str(at, STR("{\"allowed\":"));
    at = answer->allowed ? put_str(at, STR("true")) : put_str(at, STR("false"));
    at = put_str(at, STR(",\"reason\":\""));
    at = put_str(at, answer->reason);
    at = put_str(at, STR("\",\"detail\":\""));
    at = put_str(at, answer->detail);
    at = put_str(at, STR("\",\"state\":\""));
    at = put_str(at, answer->state);
    at = put_str(at, STR("\",\"used\":"));
    at = put_i64(at, answer->used);
    at = put_str(at, STR(",\"limit\":"));
    at = put_number_or_null(at, answer->has_limit, answer->limit);
    at = put_str(at, STR(",\"hardLimit\":"));
    at = put_number_or_null(at, answer->has_limit, answer->hard_limit);
    at = put_str(at, STR(",\"remaining\":"));
    at = put_number_or_null(at, answer->has_limit, answer->remaining);
    at = put_str(at, STR(",\"resetsAt\":"));
    at = put_instant_or_null(at, answer->has_resets_at, answer->resets_at);
    at = put_str(at, STR(",\"graceEndsAt\":"));
    at = put_instant_or_null(at, answer->has_grace, answer->grace_ends_at);
    at = put_str(at, STR(",\"upgradeTo\":"));
    at = put_upgrade(at, answer->upgrade_to);
    at = put_str(at, STR(",\"asOf\":\""));
    at = put_rfc3339(at, answer->as_of);
    return put_str(at, STR("\"}"));
}

struct str take_answer_text(const struct take_answer *answer, struct arena *arena) {
    if (!is_plain(answer)) {
        return shape_text(&take_answer_shape, answer, arena);
    }
    size_t room = room_for(answer);
    char *text = arena_room(arena, room);
    if (text == NULL) {
        return STR("");
    }
    size_t len = (size_t)(put_answer(text, answer) - text);
    check(len <= room);
    return str_of(text, len);
}

void take_answer_encode(const struct take_answer *answer, struct json_writer *out) {
    if (!is_plain(answer)) {
        shape_encode(&take_answer_shape, answer, out);
        return;
    }
    size_t room = room_for(answer);
    char *text = json_put_place(out, room);
    if (text != NULL) {
        size_t len = (size_t)(put_answer(text, answer) - text);
        check(len <= room);
        out->out->len += len;
    }
}
