#include "app/member.h"

#include "app/audit.h"
#include "app/oidc.h"
#include "app/sign_in.h"
#include "base/check.h"
#include "store/session.h"

enum { MEMBERS_MAX = 200 };

/* --- reading --- */

static struct err fill(struct tx *tx, const struct person_row *person, struct member *ret_member) {
    ret_member->id = arena_str(tx->cx->arena, id_str(&person->id));
    ret_member->email = person->email;
    ret_member->name = person->name;
    struct row_list identities;
    TRY(oidc_identities(tx, ret_member->id, &identities));
    ret_member->is_linked = identities.count > 0;
    return person_factors(tx, ret_member->id, &ret_member->factors);
}

static struct err read_operators(struct tx *tx, struct row_list *ret_list) {
    struct row_list people;
    TRY(person_operators(tx, MEMBERS_MAX, &people));
    const struct person_row *rows = people.items;
    struct member *members = arena_array(tx->cx->arena, people.count, sizeof *members);
    size_t count = 0;
    for (size_t i = 0; members != NULL && i < people.count; i++) {
        if (rows[i].disabled_at == ROW_NONE) {
            members[count].role = (enum role)rows[i].operator_role;
            members[count].created_at = rows[i].created_at;
            TRY(fill(tx, &rows[i], &members[count++]));
        }
    }
    *ret_list = (struct row_list){members, count};
    return OK;
}

struct err members_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    if (user_id.len == 0) {
        return read_operators(tx, ret_list);
    }
    struct row_list list;
    TRY(member_list(tx, user_id, MEMBERS_MAX, &list));
    const struct member_row *rows = list.items;
    struct member *members = arena_array(tx->cx->arena, list.count, sizeof *members);
    for (size_t i = 0; members != NULL && i < list.count; i++) {
        struct person_row person;
        bool is_found = false;
        TRY(person_get(tx, rows[i].person_id, &person, &is_found));
        if (!is_found) {
            return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a member is no person");
        }
        members[i].role = (enum role)rows[i].role;
        members[i].created_at = rows[i].created_at;
        TRY(fill(tx, &person, &members[i]));
    }
    *ret_list = (struct row_list){members, members == NULL ? 0 : list.count};
    return OK;
}

/* --- changing --- */

/* Who has no place here any more is nobody to the OpenID provider's account either: should they be
 * invited once more, whoever has their address then is found by it, and not refused as another. */
static struct err unlink_if_gone(struct tx *tx, struct str person_id) {
    struct person_row person;
    struct row_list places;
    bool is_found = false;
    TRY(person_get(tx, person_id, &person, &is_found));
    TRY(member_of(tx, person_id, 1, &places));
    bool is_gone = is_found && person.operator_role < 0 && places.count == 0;
    return is_gone ? identity_forget(tx, person_id) : OK;
}

/* A session that was begun as less never becomes more: whoever has its secret signs in again. Less
 * holds from the next request on in any case. */
static bool gains(enum role before, enum role after) {
    static_assert(ROLE_OWNER < ROLE_BILLING_ADMIN && ROLE_BILLING_ADMIN < ROLE_VIEWER,
                  "a customer's roles stand by what they may, the most first");
    return after < before;
}

/* Who changed it, and from where, is not theirs to know. */
static const struct session_place nowhere = {{"", 0}, {"", 0}};

static struct err tell_member(struct member_change *change, struct tx *tx) {
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, change->person_id, &person, &is_found));
    return is_found ? notice_send(change->command.app, tx, &person, NOTICE_ROLE_CHANGED, &nowhere)
                    : OK;
}

static struct err change_member(struct member_change *change, struct tx *tx,
                                struct member_row *member) {
    int64_t owners = 0;
    TRY(member_count_owners(tx, change->user_id, &owners));
    if (member->role == ROLE_OWNER && change->role != ROLE_OWNER && owners <= 1) {
        change->command.outcome = OUTCOME_LAST_ONE;
        return OK;
    }
    enum role before = (enum role)member->role;
    if (change->role == before) {
        return OK;
    }
    TRY(tell_member(change, tx));
    if (change->role == ROLE_NONE || gains(before, change->role)) {
        TRY(session_delete_member(tx, change->user_id, change->person_id));
    }
    if (change->role != ROLE_NONE) {
        member->role = (int)change->role;
        return member_put(tx, member);
    }
    TRY(member_delete(tx, change->user_id, change->person_id));
    return unlink_if_gone(tx, change->person_id);
}

static struct err change_operator(struct member_change *change, struct tx *tx,
                                  struct person_row *person) {
    bool is_last = false;
    TRY(person_is_last_admin(change->command.app, tx, person, &is_last));
    if (is_last && change->role != ROLE_ADMIN) {
        change->command.outcome = OUTCOME_LAST_ONE;
        return OK;
    }
    enum role before = (enum role)person->operator_role;
    person->operator_role = change->role == ROLE_NONE ? -1 : (int)change->role;
    TRY(person_set(tx, person));
    if (change->role == before) {
        return OK;
    }
    TRY(session_delete_operator(tx, change->person_id));
    TRY(notice_send(change->command.app, tx, person, NOTICE_ROLE_CHANGED, &nowhere));
    return change->role == ROLE_NONE ? unlink_if_gone(tx, change->person_id) : OK;
}

static struct err run_change(struct command *command, struct tx *tx) {
    struct member_change *change = (struct member_change *)command;
    struct member_row member;
    struct person_row person;
    bool is_found = false;
    if (change->user_id.len > 0) {
        TRY(member_get(tx, change->user_id, change->person_id, &member, &is_found));
    } else {
        TRY(person_get(tx, change->person_id, &person, &is_found));
        is_found = is_found && person.operator_role >= 0;
    }
    if (!is_found) {
        command->outcome = OUTCOME_PERSON_NOT_FOUND;
        return OK;
    }
    int before = change->user_id.len > 0 ? member.role : person.operator_role;
    const char *names[] = {role_name((enum role)before), role_name(change->role)};
    audit_say(tx, &(struct audit_said){
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("role", str_from_cstr(names[0]))),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("role", str_from_cstr(names[1]))),
                  });
    return change->user_id.len > 0 ? change_member(change, tx, &member)
                                   : change_operator(change, tx, &person);
}

void member_change(struct app *app, struct member_change *change) {
    check(change->role == ROLE_NONE ||
          role_is_operator(change->role) == (change->user_id.len == 0));
    change->command.run = run_change;
    change->command.after = NULL;
    command_submit(app, &change->command);
}

struct err member_change_inside(struct tx *tx, struct member_change *change) {
    return run_change(&change->command, tx);
}
