/* /api/me/sessions: where a person is signed in, and the ending of it. */
#include "api/people.h"

#include "app/session.h"

enum { SESSIONS_LISTED_MAX = 100, AGENT_MAX = 200 };

struct session_out {
    struct str id, kind, user_id, address, user_agent;
    bool is_this;
    int64_t created_at, seen_at;
};

#define AT(member) offsetof(struct session_out, member)
static const struct shape_field session_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"kind", "portal, member, operator, impersonation", SHAPE_STR, .offset = AT(kind), .max = 20},
    {"userId", "The customer; null for an operator", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"address", "From where it began", SHAPE_STR, .offset = AT(address), .max = 64},
    {"userAgent", "With what, as it says itself", SHAPE_STR, .offset = AT(user_agent),
     .max = AGENT_MAX},
    {"isThis", "The one that asks", SHAPE_BOOL, .offset = AT(is_this)},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"seenAt", "When it was used last, to the minute", SHAPE_INSTANT, .offset = AT(seen_at)},
};
#undef AT
static const struct shape session_shape_of_list =
    SHAPE("SessionOfMine", "Where a person is signed in", struct session_out, session_fields);

struct sessions_out {
    struct shape_list data;
};
static const struct shape_field session_item = {.kind = SHAPE_OBJECT, .of = &session_shape_of_list};
static const struct shape_field sessions_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct sessions_out, data),
     .max = SESSIONS_LISTED_MAX, .item = &session_item, .item_size = sizeof(struct session_out)},
};
const struct shape sessions_shape =
    SHAPE("Sessions", "Where a person is signed in", struct sessions_out, sessions_fields);

void sessions_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, sessions_read(request->api->app, &tx, request->session.person_id,
                                               SESSIONS_LISTED_MAX, &list))) {
        return;
    }
    const struct session_row *rows = list.items;
    struct session_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct session_out){
            .id = id_str(&rows[i].id),
            .kind = str_from_cstr(session_kind_name((enum session_kind)rows[i].kind)),
            .user_id = text_or_null(rows[i].user_id),
            .address = rows[i].address,
            .user_agent = rows[i].user_agent,
            .is_this = str_equal(id_str(&rows[i].id), request->session.id),
            .created_at = rows[i].created_at,
            .seen_at = rows[i].seen_at,
        };
    }
    struct sessions_out all = {{out, out == NULL ? 0 : list.count}};
    reply_value(request, 200, &sessions_shape, &all);
}

struct revoke_in_hand {
    struct session_revoke revoke; /* first: `done` hands it back */
    struct api_request *request;
};

static void revoked(struct command *command) {
    struct api_request *request = ((struct revoke_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

/* With an empty id all but the one that asks. Whoever takes a session away needs no proof: it can
 * only help, and the thief's proof is as fresh as the owner's. */
static void end_sessions(struct api_request *request, struct str id) {
    struct revoke_in_hand *hand = ARENA_NEW(request->arena, struct revoke_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->revoke.person_id = request->session.person_id;
    hand->revoke.id = id;
    hand->revoke.but_id = request->session.id;
    hand->revoke.command.done = revoked;
    session_revoke(request->api->app, &hand->revoke);
}

void sessions_revoke(struct api_request *request) {
    end_sessions(request, request->values[0]);
}

void sessions_revoke_others(struct api_request *request) {
    end_sessions(request, STR(""));
}
