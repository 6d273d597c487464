/* /api/me/sign-ins: where a person signed in, or tried to. */
#include "api/people.h"

#include "app/sign_in_history.h"
#include "base/network.h"

struct sign_in_out {
    struct str method, outcome, address, user_agent;
    int64_t at;
};

#define AT(member) offsetof(struct sign_in_out, member)
static const struct shape_field sign_in_fields[] = {
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
    {"method", "password, passkey, provider, platform, totp or recovery_code", SHAPE_STR,
     .offset = AT(method), .max = 20},
    {"outcome",
     "done; pending: the second factor was still to come; wrong; locked: wrong once too often",
     SHAPE_STR, .offset = AT(outcome), .max = 20},
    {"network", "From where, roughly: 203.0.113.0/24; null where it was this machine", SHAPE_STR,
     .offset = AT(address), .max = NETWORK_TEXT_MAX, .flags = SHAPE_NULLABLE},
    {"userAgent", "With what, as it said itself", SHAPE_STR, .offset = AT(user_agent), .max = 200},
};
#undef AT
static const struct shape sign_in_shape =
    SHAPE("SignIn", "Once that somebody came in, or tried to", struct sign_in_out, sign_in_fields);

struct sign_ins_out {
    struct shape_list data;
};
static const struct shape_field sign_in_item = {.kind = SHAPE_OBJECT, .of = &sign_in_shape};
static const struct shape_field sign_ins_fields[] = {
    {"data", "The newest first, of 90 days", SHAPE_LIST,
     .offset = offsetof(struct sign_ins_out, data), .max = SIGN_INS_KEPT, .item = &sign_in_item,
     .item_size = sizeof(struct sign_in_out)},
};
const struct shape sign_ins_shape =
    SHAPE("SignIns", "Where a person signed in", struct sign_ins_out, sign_ins_fields);

void sign_ins_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, sign_ins_read(&tx, request->session.person_id, &list))) {
        return;
    }
    const struct sign_in_row *rows = list.items;
    struct sign_in_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] =
            (struct sign_in_out){rows[i].method, rows[i].outcome, text_or_null(rows[i].address),
                                 rows[i].user_agent, rows[i].at};
    }
    struct sign_ins_out all = {{out, out == NULL ? 0 : list.count}};
    reply_value(request, 200, &sign_ins_shape, &all);
}
