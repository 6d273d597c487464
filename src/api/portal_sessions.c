/* POST /api/portal-sessions: the platform's backend opens the pages for its logged-in user. */
#include "api/resources.h"

#include "app/access.h"

struct create_in {
    struct str user_id, return_path;
};

static const struct shape_field create_fields[] = {
    {"userId", "The customer to be signed in", SHAPE_STR,
     .offset = offsetof(struct create_in, user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"returnPath", "Where the link leads, on this server; /billing when not given", SHAPE_STR,
     .offset = offsetof(struct create_in, return_path), .min = 1, .max = 255, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
};
const struct shape portal_session_create_shape =
    SHAPE("PortalSessionCreate", "Whose pages to open", struct create_in, create_fields);

struct link_out {
    struct str url;
    int64_t expires_at;
};

static const struct shape_field link_fields[] = {
    {"url", "Signs its bearer in, once", SHAPE_STR, .offset = offsetof(struct link_out, url),
     .max = 1000},
    {"expiresAt", "Of the link", SHAPE_INSTANT, .offset = offsetof(struct link_out, expires_at)},
};
const struct shape portal_session_shape =
    SHAPE("PortalSession", "A link to the pages", struct link_out, link_fields);

struct create_in_hand {
    struct link_create create; /* first: `done` hands it back */
    struct api_request *request;
};

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome != OUTCOME_CREATED && command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct link_out out = {arena_printf(request->arena, STR_FMT "/sign-in/%s",
                                        STR_ARG(buf_str(&request->api->base_url)),
                                        hand->create.token),
                           hand->create.expires_at.ms};
    reply_value(request, 201, &portal_session_shape, &out);
}

/* A path of this server: "//host" and "/\host" lead elsewhere in browsers. */
static bool is_own_path(struct str path) {
    bool leads_away = path.len > 1 && (path.bytes[1] == '/' || path.bytes[1] == '\\');
    return path.bytes[0] == '/' && !leads_away;
}

void portal_sessions_create(struct api_request *request) {
    const struct create_in *in = request->body;
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (in->return_path.len > 0 && !is_own_path(in->return_path)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/returnPath",
                        "a path of this server, such as /billing");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->create.user_id = in->user_id;
    hand->create.return_path = in->return_path.len > 0 ? in->return_path : STR("/billing");
    hand->create.command.done = created;
    link_create(request->api->app, &hand->create);
}
