#include "app/invitation.h"

#include "app/audit.h"
#include "app/customer.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/person.h"
#include "app/sign_in.h"
#include "base/check.h"
#include "store/session.h"

enum { INVITATIONS_MAX = 100 };

/* --- inviting --- */

struct guest {
    struct person_row person;
    bool is_known, is_in;
};

/* Whether the person with this address has a role there already. */
static struct err find_guest(struct app *app, struct tx *tx, const struct invite *invite,
                             struct guest *ret_guest) {
    struct str index = person_email_index(app, tx->cx, invite->email);
    struct member_row member;
    TRY(person_by_email(tx, index, &ret_guest->person, &ret_guest->is_known));
    ret_guest->is_in = false;
    if (!ret_guest->is_known) {
        return OK;
    }
    if (invite->user_id.len == 0) {
        ret_guest->is_in =
            ret_guest->person.operator_role >= 0 && ret_guest->person.disabled_at == ROW_NONE;
        return OK;
    }
    return member_get(tx, invite->user_id, id_str(&ret_guest->person.id), &member,
                      &ret_guest->is_in);
}

static struct err mail_it(struct app *app, struct tx *tx, const struct invitation_row *row,
                          struct str customer_name, struct str token) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "customerName", customer_name);
    mail_values_str(&values, "invitedBy", row->invited_by);
    mail_values_str(&values, "acceptUrl",
                    arena_printf(tx->cx->arena, "/join#" STR_FMT, STR_ARG(token)));
    mail_values_time(&values, "expiresAt", row->expires_at);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_INVITATION,
        .dedupe_key = arena_printf(tx->cx->arena, "invitation:%s", row->id.text),
        .values = mail_values_end(&values),
        .address = row->email,
    };
    return mail_order(app, tx, &order);
}

/* The one that waits for this address; one for another role is withdrawn. */
static struct err find_waiting(struct tx *tx, struct invite *invite, bool *ret_waits) {
    struct row_list list;
    int64_t now = cx_now_ms(tx->cx);
    TRY(invitation_list(tx, invite->user_id, now, INVITATIONS_MAX, &list));
    const struct invitation_row *rows = list.items;
    *ret_waits = false;
    for (size_t i = 0; i < list.count; i++) {
        if (!str_equal_ignoring_case(rows[i].email, invite->email)) {
            continue;
        }
        if (rows[i].role == (int)invite->role) {
            invite->id = rows[i].id;
            invite->expires_at = (struct instant){rows[i].expires_at};
            *ret_waits = true;
            return OK;
        }
        bool is_found = false;
        TRY(invitation_withdraw(tx, invite->user_id, id_str(&rows[i].id), now, &is_found));
    }
    return OK;
}

static struct err insert(struct app *app, struct tx *tx, struct invite *invite,
                         struct str customer_name) {
    char token[TOKEN_SIZE];
    token_make(app->env, token);
    struct invitation_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(token)),
        .id = id_new(tx->cx, "invi"),
        .user_id = invite->user_id,
        .email = invite->email,
        .role = (int)invite->role,
        .invited_by = invite->invited_by,
        .created_at = cx_now_ms(tx->cx),
        .accepted_at = ROW_NONE,
        .withdrawn_at = ROW_NONE,
    };
    row.expires_at = row.created_at + duration_days(INVITATION_DAYS).ms;
    invite->id = row.id;
    invite->expires_at = (struct instant){row.expires_at};
    invite->command.outcome = OUTCOME_CREATED;
    TRY(invitation_insert(tx, &row));
    return mail_it(app, tx, &row, customer_name, str_from_cstr(token));
}

struct err invitation_make(struct app *app, struct tx *tx, struct invite *invite) {
    struct guest guest;
    struct customer_row customer = {.name = STR("")};
    bool is_known = true;
    bool waits = false;
    if (invite->user_id.len > 0) {
        TRY(customer_read(tx, invite->user_id, &customer, &is_known));
    }
    invite->command.outcome = OUTCOME_DONE;
    if (!is_known) {
        invite->command.outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    TRY(find_guest(app, tx, invite, &guest));
    if (guest.is_in) {
        invite->command.outcome = OUTCOME_ALREADY_MEMBER;
        return OK;
    }
    TRY(find_waiting(tx, invite, &waits));
    return waits ? OK : insert(app, tx, invite, customer.name);
}

static struct err run_invite(struct command *command, struct tx *tx) {
    return invitation_make(command->app, tx, (struct invite *)command);
}

void invite(struct app *app, struct invite *invite) {
    check(role_is_operator(invite->role) == (invite->user_id.len == 0));
    invite->command.run = run_invite;
    invite->command.after = NULL;
    command_submit(app, &invite->command);
}

/* --- accepting --- */

/* The person of the address, with the role that they were invited to. */
static struct err let_in(struct app *app, struct tx *tx, const struct invitation_row *invitation,
                         struct str name, struct person_row *ret_person) {
    bool operates = invitation->user_id.len == 0;
    bool is_known = false;
    TRY(person_by_email(tx, person_email_index(app, tx->cx, invitation->email), ret_person,
                        &is_known));
    if (!is_known) {
        *ret_person = person_new(app, tx->cx, invitation->email, name);
    }
    if (operates) {
        ret_person->operator_role = invitation->role;
        ret_person->disabled_at = ROW_NONE;
    }
    TRY(is_known ? person_set(tx, ret_person) : person_insert(tx, ret_person));
    struct member_row member = {
        .user_id = invitation->user_id,
        .person_id = id_str(&ret_person->id),
        .role = invitation->role,
        .created_at = cx_now_ms(tx->cx),
    };
    return operates ? OK : member_put(tx, &member);
}

static bool is_open(const struct invitation_row *row, int64_t now) {
    return row->accepted_at == ROW_NONE && row->withdrawn_at == ROW_NONE && now < row->expires_at;
}

/* After the session's own words: who is in now, and as what. */
static void say_came(struct tx *tx, struct str customer, const struct person_row *person,
                     enum role role) {
    audit_say(tx,
              &(struct audit_said){
                  .customer = customer,
                  .object = arena_str(tx->cx->arena, id_str(&person->id)),
                  .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("role", str_from_cstr(role_name(role)))),
              });
}

static struct err run_accept(struct command *command, struct tx *tx) {
    struct invitation_accept *accept = (struct invitation_accept *)command;
    struct invitation_row invitation;
    struct person_row person;
    bool is_found = false;
    int64_t now = cx_now_ms(tx->cx);
    struct str hash = secret_hash(tx->cx, accept->token);
    TRY(invitation_get(tx, hash, &invitation, &is_found));
    if (!is_found || !is_open(&invitation, now)) {
        command->outcome = OUTCOME_INVITATION_INVALID;
        return OK;
    }
    TRY(invitation_accept(tx, hash, now));
    TRY(let_in(command->app, tx, &invitation, accept->name, &person));
    accept->kind = invitation.user_id.len == 0 ? SESSION_OPERATOR : SESSION_MEMBER;
    struct session_start start = {
        .house = {accept->kind, invitation.user_id},
        .person_id = id_str(&person.id),
        .is_pending = true, /* they read the address's mail, and have proved nothing else */
        .place = accept->place,
    };
    command->outcome = OUTCOME_CREATED;
    TRY(session_start(tx, &start, accept->session_token));
    say_came(tx, invitation.user_id, &person, (enum role)invitation.role);
    return OK;
}

void invitation_accepted(struct app *app, struct invitation_accept *accept) {
    token_make(app->env, accept->session_token);
    accept->command.run = run_accept;
    accept->command.after = NULL;
    command_submit(app, &accept->command);
}

struct err invitation_take(struct app *app, struct tx *tx, const struct invited *invited,
                           struct person_row *ret_person, bool *ret_is_in) {
    struct row_list list;
    int64_t now = cx_now_ms(tx->cx);
    TRY(invitation_list(tx, STR(""), now, INVITATIONS_MAX, &list));
    const struct invitation_row *rows = list.items;
    *ret_is_in = false;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal_ignoring_case(rows[i].email, invited->email)) {
            *ret_is_in = true;
            TRY(invitation_accept(tx, rows[i].token_hash, now));
            return let_in(app, tx, &rows[i], invited->name, ret_person);
        }
    }
    return OK;
}

static struct err run_end(struct command *command, struct tx *tx) {
    struct invitation_end *end = (struct invitation_end *)command;
    bool is_found = false;
    TRY(invitation_withdraw(tx, end->user_id, end->id, cx_now_ms(tx->cx), &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_PERSON_NOT_FOUND;
    return OK;
}

void invitation_end(struct app *app, struct invitation_end *end) {
    end->command.run = run_end;
    end->command.after = NULL;
    command_submit(app, &end->command);
}

struct err invitations_read(struct app *app, struct tx *tx, struct str user_id,
                            struct row_list *ret_list) {
    return invitation_list(tx, user_id, app_now(app).ms, INVITATIONS_MAX, ret_list);
}

/* --- the first operator --- */

#define NOBODY_YET STR("first")

static struct err has_admin(struct tx *tx, bool *ret_has) {
    int64_t count = 0;
    TRY(person_count_operators(tx, ROLE_ADMIN, &count));
    *ret_has = count > 0;
    return OK;
}

static struct err run_setup_link(struct command *command, struct tx *tx) {
    struct setup_link *link = (struct setup_link *)command;
    int64_t now = cx_now_ms(tx->cx);
    bool is_set_up = false;
    TRY(has_admin(tx, &is_set_up));
    if (is_set_up) {
        command->outcome = OUTCOME_ALREADY_SET_UP;
        return OK;
    }
    struct sign_in_link_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(link->token)),
        .purpose = LINK_SETUP,
        .person_id = NOBODY_YET,
        .user_id = STR(""),
        .return_path = STR("/"),
        .mfa_at = ROW_NONE,
        .methods = STR(""),
        .reason = STR(""),
        .expires_at = now + link_span(LINK_SETUP).ms,
        .used_at = ROW_NONE,
    };
    TRY(sign_in_link_withdraw(tx, LINK_SETUP, NOBODY_YET, now));
    command->outcome = OUTCOME_CREATED;
    return sign_in_link_insert(tx, &row);
}

void setup_link(struct app *app, struct setup_link *link) {
    token_make(app->env, link->token);
    link->command.run = run_setup_link;
    link->command.after = NULL;
    command_submit(app, &link->command);
}

static struct err run_setup(struct command *command, struct tx *tx) {
    struct setup *setup = (struct setup *)command;
    struct person_row person;
    bool is_known = false;
    bool is_set_up = false;
    struct str nobody_yet;
    bool is_good = false;
    TRY(has_admin(tx, &is_set_up));
    if (is_set_up) {
        command->outcome = OUTCOME_ALREADY_SET_UP;
        return OK;
    }
    TRY(link_take(tx, LINK_SETUP, setup->token, &nobody_yet, &is_good));
    if (!is_good) {
        command->outcome = OUTCOME_LINK_INVALID;
        return OK;
    }
    TRY(person_by_email(tx, person_email_index(command->app, tx->cx, setup->email), &person,
                        &is_known));
    if (!is_known) {
        person = person_new(command->app, tx->cx, setup->email, setup->name);
    }
    person.operator_role = ROLE_ADMIN;
    TRY(is_known ? person_set(tx, &person) : person_insert(tx, &person));
    struct session_start start = {
        .house = {SESSION_OPERATOR, STR("")},
        .person_id = id_str(&person.id),
        .is_pending = true,
        .place = setup->place,
    };
    command->outcome = OUTCOME_CREATED;
    TRY(session_start(tx, &start, setup->session_token));
    say_came(tx, STR(""), &person, ROLE_ADMIN);
    return OK;
}

void setup(struct app *app, struct setup *setup) {
    token_make(app->env, setup->session_token);
    setup->command.run = run_setup;
    setup->command.after = NULL;
    command_submit(app, &setup->command);
}
