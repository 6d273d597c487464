#include "app/sign_in_history.h"

#include "base/network.h"

static const char *const methods[SIGN_IN_METHOD_COUNT] = {
    [BY_PASSWORD] = "password", [BY_PASSKEY] = "passkey", [BY_PROVIDER] = "provider",
    [BY_PLATFORM] = "platform", [BY_CODE] = "totp",       [BY_RECOVERY_CODE] = "recovery_code",
};
static const char *const ends[SIGN_IN_END_COUNT] = {
    [SIGN_IN_DONE] = "done",
    [SIGN_IN_PENDING] = "pending",
    [SIGN_IN_WRONG] = "wrong",
    [SIGN_IN_LOCKED] = "locked",
};

const char *sign_in_method_name(enum sign_in_method method) {
    return methods[method];
}

const char *sign_in_end_name(enum sign_in_end end) {
    return ends[end];
}

struct err sign_ins_read(struct tx *tx, struct str person_id, struct row_list *ret_list) {
    return sign_in_list(tx, person_id, SIGN_INS_KEPT, ret_list);
}

static bool is_digit_or_dot(char c) {
    return (c >= '0' && c <= '9') || c == '.';
}

/* A browser is the same when it is newer. */
static bool is_same_browser(struct str a, struct str b) {
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a.len && is_digit_or_dot(a.bytes[i])) {
            i++;
        }
        while (j < b.len && is_digit_or_dot(b.bytes[j])) {
            j++;
        }
        if (i == a.len || j == b.len) {
            return i == a.len && j == b.len;
        }
        if (a.bytes[i++] != b.bytes[j++]) {
            return false;
        }
    }
}

static bool came_in(const struct sign_in_row *row) {
    return str_equal(row->outcome, str_from_cstr(ends[SIGN_IN_DONE])) ||
           str_equal(row->outcome, str_from_cstr(ends[SIGN_IN_PENDING]));
}

static struct err is_somewhere_new(struct tx *tx, const struct sign_in_row *row, bool *ret_is) {
    struct row_list list;
    TRY(sign_ins_read(tx, row->person_id, &list));
    const struct sign_in_row *rows = list.items;
    *ret_is = true;
    for (size_t i = 0; i < list.count; i++) {
        bool is_known = came_in(&rows[i]) && str_equal(rows[i].address, row->address) &&
                        is_same_browser(rows[i].user_agent, row->user_agent);
        *ret_is = *ret_is && !is_known;
    }
    return OK;
}

struct err sign_in_note(struct app *app, struct tx *tx, const struct person_row *person,
                        struct sign_in_note note) {
    static const int64_t day_ms = INT64_C(86400) * 1000;
    int64_t now = cx_now_ms(tx->cx);
    char around[NETWORK_TEXT_MAX + 1];
    network_around(note.place->address, around);
    struct sign_in_row row = {
        .person_id = arena_str(tx->cx->arena, id_str(&person->id)),
        .id = id_new(tx->cx, "sign"),
        .at = now,
        .method = str_from_cstr(methods[note.method]),
        .outcome = str_from_cstr(ends[note.end]),
        .address = arena_str(tx->cx->arena, str_from_cstr(around)),
        .user_agent = note.place->user_agent,
    };
    bool is_new = false;
    TRY(sign_in_forget(tx, row.person_id, now - SIGN_INS_DAYS * day_ms, SIGN_INS_KEPT - 1));
    TRY(is_somewhere_new(tx, &row, &is_new));
    TRY(sign_in_insert(tx, &row));
    return is_new && came_in(&row) && note.method != BY_PLATFORM
               ? notice_send(app, tx, person, NOTICE_SIGN_IN, note.place)
               : OK;
}
