/* Who acts for a customer (/api/billing/members) and who operates (/api/admin/operators): the same
 * list, invitations and changes, for the customer of the request or for the installation. */
#include "api/people.h"

#include "app/invitation.h"
#include "app/member.h"

enum { ROLE_WORD_MAX = 20, MEMBERS_LISTED_MAX = 200 };

/* --- shapes --- */

static const char *const member_role_names[] = {"owner", "billing_admin", "viewer", NULL};
static const char *const operator_role_names[] = {"admin", "finance", "support", "auditor", NULL};
static_assert(ROLE_VIEWER == ROLE_OWNER + 2 && ROLE_AUDITOR == ROLE_ADMIN + 3,
              "a word of the lists is a role");

struct member_out {
    struct str id, email, name, role;
    bool has_passkey, has_totp, is_linked;
    int64_t since;
};

#define AT(member) offsetof(struct member_out, member)
static const struct shape_field member_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"email", "Theirs; null where the platform gave none", SHAPE_STR, .offset = AT(email),
     .max = LIMIT_EMAIL, .flags = SHAPE_NULLABLE},
    {"name", "Theirs", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"role", "What they may do", SHAPE_STR, .offset = AT(role), .max = ROLE_WORD_MAX},
    {"hasPasskey", "They can sign in by one", SHAPE_BOOL, .offset = AT(has_passkey)},
    {"hasTotp", "They have an app that makes codes", SHAPE_BOOL, .offset = AT(has_totp)},
    {"isLinked", "An OpenID provider knows them", SHAPE_BOOL, .offset = AT(is_linked)},
    {"since", "When they came", SHAPE_INSTANT, .offset = AT(since)},
};
#undef AT
const struct shape member_shape =
    SHAPE("Member", "A person with a role", struct member_out, member_fields);

struct invitation_out {
    struct str id, email, role, invited_by;
    int64_t expires_at;
};

#define AT(member) offsetof(struct invitation_out, member)
static const struct shape_field invitation_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"email", "Where it went", SHAPE_STR, .offset = AT(email), .max = LIMIT_EMAIL},
    {"role", "To what", SHAPE_STR, .offset = AT(role), .max = ROLE_WORD_MAX},
    {"invitedBy", "By whom", SHAPE_STR, .offset = AT(invited_by), .max = LIMIT_NAME,
     .flags = SHAPE_NULLABLE},
    {"expiresAt", "Until then it can be accepted", SHAPE_INSTANT, .offset = AT(expires_at)},
};
#undef AT
const struct shape invitation_shape =
    SHAPE("Invitation", "Somebody is asked in", struct invitation_out, invitation_fields);

struct members_out {
    struct shape_list data, invitations;
};

static const struct shape_field member_item = {.kind = SHAPE_OBJECT, .of = &member_shape};
static const struct shape_field invitation_item = {.kind = SHAPE_OBJECT, .of = &invitation_shape};
static const struct shape_field members_fields[] = {
    {"data", "Those who are in, by the time they came", SHAPE_LIST,
     .offset = offsetof(struct members_out, data), .max = MEMBERS_LISTED_MAX, .item = &member_item,
     .item_size = sizeof(struct member_out)},
    {"invitations", "Those who are asked, the newest first", SHAPE_LIST,
     .offset = offsetof(struct members_out, invitations), .max = MEMBERS_LISTED_MAX,
     .item = &invitation_item, .item_size = sizeof(struct invitation_out)},
};
const struct shape members_shape =
    SHAPE("Members", "Who is in, and who is asked", struct members_out, members_fields);

struct invite_in {
    struct str email;
    int role;
};
struct role_in {
    int role;
};

#define EMAIL_FIELD                                                                                \
    {                                                                                              \
        "email", "Where the invitation goes", SHAPE_STR,                                           \
            .offset = offsetof(struct invite_in, email), .min = 3, .max = LIMIT_EMAIL,             \
            .flags = SHAPE_PERSONAL                                                                \
    }
#define ROLE_FIELD(type, words)                                                                    \
    {                                                                                              \
        "role", "What they may do", SHAPE_ENUM, .offset = offsetof(struct type, role),             \
                                                .names = (words)                                   \
    }

static const struct shape_field member_invite_fields[] = {EMAIL_FIELD,
                                                          ROLE_FIELD(invite_in, member_role_names)};
const struct shape member_invite_shape =
    SHAPE("MemberInvite", "Whom to ask in", struct invite_in, member_invite_fields);
static const struct shape_field member_role_fields[] = {ROLE_FIELD(role_in, member_role_names)};
const struct shape member_role_shape =
    SHAPE("MemberRole", "Another role", struct role_in, member_role_fields);
static const struct shape_field operator_invite_fields[] = {
    EMAIL_FIELD, ROLE_FIELD(invite_in, operator_role_names)};
const struct shape operator_invite_shape =
    SHAPE("OperatorInvite", "Whom to ask in", struct invite_in, operator_invite_fields);
static const struct shape_field operator_role_fields[] = {ROLE_FIELD(role_in, operator_role_names)};
const struct shape operator_role_shape =
    SHAPE("OperatorRole", "Another role", struct role_in, operator_role_fields);

/* --- listing --- */

static struct str role_text(enum role role) {
    return str_from_cstr(role_name(role));
}

static struct member_out shown_member(const struct member *from) {
    return (struct member_out){
        .id = from->id,
        .email = text_or_null(from->email),
        .name = text_or_null(from->name),
        .role = role_text(from->role),
        .has_passkey = from->factors.passkeys > 0,
        .has_totp = from->factors.totp > 0,
        .is_linked = from->is_linked,
        .since = from->created_at,
    };
}

static struct invitation_out shown_invitation(const struct invitation_row *from) {
    return (struct invitation_out){
        .id = id_str(&from->id),
        .email = from->email,
        .role = role_text((enum role)from->role),
        .invited_by = text_or_null(from->invited_by),
        .expires_at = from->expires_at,
    };
}

static struct err read_list(struct api_request *request, struct members_out *ret_out) {
    struct tx tx = request_read(request);
    struct row_list members;
    struct row_list invitations;
    TRY(members_read(&tx, request->user_id, &members));
    TRY(invitations_read(request->api->app, &tx, request->user_id, &invitations));
    struct member_out *in = arena_array(request->arena, members.count, sizeof *in);
    struct invitation_out *asked = arena_array(request->arena, invitations.count, sizeof *asked);
    if (in == NULL || asked == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < members.count; i++) {
        in[i] = shown_member(&((const struct member *)members.items)[i]);
    }
    for (size_t i = 0; i < invitations.count; i++) {
        asked[i] = shown_invitation(&((const struct invitation_row *)invitations.items)[i]);
    }
    *ret_out = (struct members_out){{in, members.count}, {asked, invitations.count}};
    return OK;
}

void members_list(struct api_request *request) {
    struct members_out out;
    if (!reply_if_failed(request, read_list(request, &out))) {
        reply_value(request, 200, &members_shape, &out);
    }
}

void operators_list(struct api_request *request) {
    members_list(request); /* user_id is empty: the installation's */
}

/* --- inviting --- */

struct invite_in_hand {
    struct invite invite; /* first: `done` hands it back */
    struct api_request *request;
};

static void invited(struct command *command) {
    struct invite_in_hand *hand = (struct invite_in_hand *)command;
    const struct invite *invite = &hand->invite;
    if (command->outcome != OUTCOME_CREATED && command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct invitation_out out = {id_str(&invite->id), invite->email, role_text(invite->role),
                                 text_or_null(invite->invited_by), invite->expires_at.ms};
    reply_value(hand->request, command->outcome == OUTCOME_CREATED ? 201 : 200, &invitation_shape,
                &out);
}

struct err inviter_name(struct api_request *request, struct str *ret_name) {
    struct tx tx = request_read(request);
    struct person_row person;
    bool is_found = false;
    *ret_name = STR("");
    if (request->has_session) {
        TRY(person_read(&tx, request->session.person_id, &person, &is_found));
        *ret_name = !is_found ? STR("") : person.name.len > 0 ? person.name : person.email;
    }
    return OK;
}

static void invite_as(struct api_request *request, enum role first) {
    const struct invite_in *in = request->body;
    struct invite_in_hand *hand = ARENA_NEW(request->arena, struct invite_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_email(request, "/email", in->email)) {
        return;
    }
    if (reply_if_failed(request, inviter_name(request, &hand->invite.invited_by))) {
        return;
    }
    hand->request = request;
    hand->invite.user_id = request->user_id;
    hand->invite.email = in->email;
    hand->invite.role = (enum role)((int)first + in->role);
    hand->invite.command.done = invited;
    invite(request->api->app, &hand->invite);
}

void members_invite(struct api_request *request) {
    invite_as(request, ROLE_OWNER);
}

void operators_invite(struct api_request *request) {
    invite_as(request, ROLE_ADMIN);
}

/* --- changing, removing --- */

struct change_in_hand {
    struct member_change change; /* first: `done` hands it back */
    struct api_request *request;
};

static void changed(struct command *command) {
    struct api_request *request = ((struct change_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void change_to(struct api_request *request, enum role role) {
    struct change_in_hand *hand = ARENA_NEW(request->arena, struct change_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->change.user_id = request->user_id;
    hand->change.person_id = request->values[0];
    hand->change.role = role;
    hand->change.command.done = changed;
    member_change(request->api->app, &hand->change);
}

void members_change(struct api_request *request) {
    change_to(request,
              (enum role)((int)ROLE_OWNER + ((const struct role_in *)request->body)->role));
}

void operators_change(struct api_request *request) {
    change_to(request,
              (enum role)((int)ROLE_ADMIN + ((const struct role_in *)request->body)->role));
}

struct end_in_hand {
    struct invitation_end end; /* first: `done` hands it back */
    struct api_request *request;
};

static void withdrawn(struct command *command) {
    struct api_request *request = ((struct end_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void withdraw(struct api_request *request) {
    struct end_in_hand *hand = ARENA_NEW(request->arena, struct end_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->end.user_id = request->user_id;
    hand->end.id = request->values[0];
    hand->end.command.done = withdrawn;
    invitation_end(request->api->app, &hand->end);
}

/* For the evidence of how long it took: the audit log keeps what was asked. */
struct remove_query {
    int64_t left_at;
    bool has_left_at;
};
static const struct shape_field remove_fields[] = {
    {"leftAt",
     "When they left, if that was before: for the evidence of how long access outlasted it",
     SHAPE_INSTANT, .offset = offsetof(struct remove_query, left_at), .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct remove_query, has_left_at)},
};
const struct shape member_remove_query_shape =
    SHAPE("MemberRemoveQuery", "Since when they are not needed any more", struct remove_query,
          remove_fields);

static bool has_left_by_now(struct api_request *request) {
    const struct remove_query *query = request->query;
    if (query == NULL || !query->has_left_at || query->left_at <= request_now(request).ms) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/leftAt", "a time that has been");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

/* Who is in goes, and who is only asked is asked no longer. */
void members_remove(struct api_request *request) {
    if (!has_left_by_now(request)) {
        return;
    }
    if (id_is(request->values[0], "invi")) {
        withdraw(request);
    } else {
        change_to(request, ROLE_NONE);
    }
}

void operators_remove(struct api_request *request) {
    members_remove(request);
}
