/* POST /api/portal-sessions: the platform's backend opens the pages for its logged-in user. */
#include "api/resources.h"

#include "app/session.h"

/* Who at the platform opens the pages, if the platform tells its people apart. */
struct person_in {
    struct str id, email, name;
};

/* What the platform says was proved to it, and when: `auth_time` and `amr` of OpenID Connect. */
struct authentication_in {
    int64_t at;
    struct shape_list methods; /* int: enum method */
};

struct create_in {
    struct str user_id, return_path;
    int role; /* as role_names lists them */
    struct person_in person;
    struct authentication_in authentication;
    bool has_authentication;
};

static const char *const role_names[] = {"owner", "billing_admin", "viewer", NULL};
static_assert(ROLE_BILLING_ADMIN == ROLE_OWNER + 1 && ROLE_VIEWER == ROLE_OWNER + 2,
              "a word of role_names is a role");

/* RFC 8176; all but the first mean a second factor. */
static const char *const method_names[] = {"pwd", "otp", "hwk", "swk", "mfa", NULL};
enum { METHOD_PASSWORD, METHODS_MAX = 8 };

static const struct shape_field method_item = {.kind = SHAPE_ENUM, .names = method_names};
static const struct shape_field authentication_fields[] = {
    {"at", "When; not in the future", SHAPE_INSTANT,
     .offset = offsetof(struct authentication_in, at)},
    {"methods", "By what, as RFC 8176 names it: pwd, otp, hwk, swk, mfa", SHAPE_LIST,
     .offset = offsetof(struct authentication_in, methods), .min = 1, .max = METHODS_MAX,
     .item = &method_item, .item_size = sizeof(int)},
};
static const struct shape authentication_shape =
    SHAPE("PortalAuthentication", "What was proved to the platform", struct authentication_in,
          authentication_fields);

static const struct shape_field person_fields[] = {
    {"id", "The platform's", SHAPE_STR, .offset = offsetof(struct person_in, id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN},
    {"email", "Theirs", SHAPE_STR, .offset = offsetof(struct person_in, email), .min = 3,
     .max = LIMIT_EMAIL, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"name", "Theirs", SHAPE_STR, .offset = offsetof(struct person_in, name), .min = 1,
     .max = LIMIT_NAME, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
};
static const struct shape person_shape =
    SHAPE("PortalPerson", "Who of the customer's people it is", struct person_in, person_fields);

static const struct shape_field create_fields[] = {
    {"userId", "The customer to be signed in", SHAPE_STR,
     .offset = offsetof(struct create_in, user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"returnPath", "Where the link leads, on this server; /billing when not given", SHAPE_STR,
     .offset = offsetof(struct create_in, return_path), .min = 1, .max = 255, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"role", "What they may do for the customer; owner when not given", SHAPE_ENUM,
     .offset = offsetof(struct create_in, role), .names = role_names, .flags = SHAPE_OPTIONAL},
    {"person", "Who it is, where several people act for one customer", SHAPE_OBJECT,
     .offset = offsetof(struct create_in, person), .of = &person_shape, .flags = SHAPE_OPTIONAL},
    {"authentication", "Lets changes be made for as long as the proof is fresh", SHAPE_OBJECT,
     .offset = offsetof(struct create_in, authentication), .of = &authentication_shape,
     .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct create_in, has_authentication)},
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

void reply_portal_link(struct api_request *request, const char *token, struct instant expires_at) {
    struct link_out out = {arena_printf(request->arena, STR_FMT "/sign-in/%s",
                                        STR_ARG(buf_str(&request->api->base_url)), token),
                           expires_at.ms};
    reply_value(request, 201, &portal_session_shape, &out);
}

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
    reply_portal_link(request, hand->create.token, hand->create.expires_at);
}

/* A path of this server: "//host" and "/\host" lead elsewhere in browsers. */
static bool is_own_path(struct str path) {
    bool leads_away = path.len > 1 && (path.bytes[1] == '/' || path.bytes[1] == '\\');
    return path.bytes[0] == '/' && !leads_away;
}

static unsigned proofs_of(const struct authentication_in *from) {
    const int *methods = from->methods.items;
    unsigned proofs = 0;
    for (size_t i = 0; i < from->methods.count; i++) {
        proofs |= methods[i] == METHOD_PASSWORD ? PROOF_PASSWORD : PROOF_ASSERTED;
    }
    return proofs;
}

/* False when it replied that the request makes no sense. */
static bool is_sensible(struct api_request *request, const struct create_in *in) {
    struct shape_errors errors = {.count = 0};
    if (in->return_path.len > 0 && !is_own_path(in->return_path)) {
        shape_error_add(&errors, request->arena, "/returnPath",
                        "a path of this server, such as /billing");
    }
    if (in->has_authentication && in->authentication.at > request_now(request).ms) {
        shape_error_add(&errors, request->arena, "/authentication/at", "an instant of the past");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

void portal_sessions_create(struct api_request *request) {
    const struct create_in *in = request->body;
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!is_sensible(request, in)) {
        return;
    }
    hand->request = request;
    hand->create.user_id = in->user_id;
    hand->create.return_path = in->return_path.len > 0 ? in->return_path : STR("/billing");
    hand->create.role = (enum role)(ROLE_OWNER + in->role);
    hand->create.member_id = in->person.id;
    hand->create.email = in->person.email;
    hand->create.name = in->person.name;
    hand->create.authenticated_at =
        in->has_authentication ? (struct instant){in->authentication.at} : request_now(request);
    hand->create.proofs = in->has_authentication ? proofs_of(&in->authentication) : 0;
    hand->create.command.done = created;
    link_create(request->api->app, &hand->create);
}
