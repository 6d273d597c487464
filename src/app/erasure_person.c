/* A person is forgotten: their key, what proves them, where they came from, what was written to
 * them. What they did stays in the audit log, under an id that stands for nobody. */
#include "app/erasure.h"

#include "app/erasure_tell.h"
#include "app/mail_send.h"
#include "app/person.h"
#include "core/jcs.h"
#include "store/audit.h"
#include "store/email_change.h"
#include "store/erasure.h"
#include "store/keyring.h"
#include "store/mail.h"
#include "store/person.h"
#include "store/sealed.h"

enum { PAGE = 200, PLACES_MAX = 200 };

#define NOBODYS STR("")

/* With a kind, of that alone. */
static struct err erase_mails(struct tx *tx, struct str user_id, struct str address,
                              struct str kind) {
    struct str before = STR("~");
    struct row_list list;
    do {
        TRY(mail_personal_page(tx, user_id, before, PAGE, &list));
        const struct mail_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            bool is_kind = kind.len == 0 || str_equal(rows[i].kind, kind);
            if (is_kind && str_equal_ignoring_case(rows[i].address, address)) {
                TRY(mail_delete(tx, user_id, id_str(&rows[i].id)));
            }
            before = id_str(&rows[i].id);
        }
    } while (list.count == PAGE);
    return OK;
}

/* By what their rows in the log refer to. */
static struct err erase_origins(struct tx *tx, struct str person_id) {
    struct str before = STR("~");
    struct row_list list;
    do {
        const struct audit_filter filter = {
            .actor = person_id, .id_first = STR(""), .id_before = before};
        TRY(audit_row_page(tx, &filter, PAGE, &list));
        const struct audit_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct str reference = STR("");
            if (jcs_plain(jcs_find(rows[i].row, "origin"), &reference)) {
                TRY(erase_origin(tx, rows[i].user_id, reference));
            }
            before = id_str(&rows[i].id);
        }
    } while (list.count == PAGE);
    return OK;
}

static struct err erase_mails_of(struct tx *tx, struct str person_id, struct str address) {
    struct row_list list;
    TRY(member_of(tx, person_id, PLACES_MAX, &list));
    const struct member_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(erase_mails(tx, rows[i].user_id, address, STR("")));
    }
    return erase_mails(tx, NOBODYS, address, STR(""));
}

/* What went to addresses that they had before, and to some that they never got: of those the mail
 * that asked is theirs, and all else is whoever's has the address. */
static struct err erase_mails_of_changes(struct tx *tx, struct str person_id) {
    struct row_list list;
    TRY(email_change_list(tx, person_id, PLACES_MAX, &list));
    const struct email_change_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(erase_mails(tx, NOBODYS, rows[i].new_email, STR("email_confirm")));
        if (rows[i].done_at != ROW_NONE && rows[i].old_email.len > 0) {
            TRY(erase_mails_of(tx, person_id, rows[i].old_email));
        }
    }
    return OK;
}

static struct err erase_invitations(struct tx *tx, struct str person_id) {
    struct row_list list;
    TRY(member_of(tx, person_id, PLACES_MAX, &list));
    const struct member_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(invitation_forget_accepted(tx, rows[i].user_id));
    }
    return invitation_forget_accepted(tx, NOBODYS);
}

struct err erasure_rows_of_person(struct tx *tx, struct str person_id) {
    struct erasure_counts counts;
    TRY(erase_invitations(tx, person_id));
    TRY(erase_origins(tx, person_id));
    TRY(erase_rows_of_subject(tx, sealed_member(tx->cx->arena, person_id)));
    return erase_rows_of_person(tx, person_id, &counts);
}

struct err erasure_of_person(struct tx *tx, struct str person_id) {
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, person_id, &person, &is_found));
    if (!is_found) {
        return OK;
    }
    if (person.email.len > 0) { /* found by the address, which is gone afterwards */
        bool was_suppressed = false;
        TRY(mail_suppression_delete(tx, mail_suppressed_as(tx->cx->arena, person.email),
                                    &was_suppressed));
        TRY(erase_mails_of(tx, person_id, person.email));
    }
    TRY(erase_mails_of_changes(tx, person_id));
    TRY(erasure_rows_of_person(tx, person_id));
    return keyring_destroy(tx, sealed_member(tx->cx->arena, person_id), KEY_PII);
}

/* --- by themselves --- */

static struct err is_last(const struct app *app, struct tx *tx, struct str person_id,
                          const struct person_row *person, bool *ret_is) {
    struct row_list list;
    int64_t count = 0;
    TRY(member_of(tx, person_id, PLACES_MAX, &list));
    const struct member_row *rows = list.items;
    *ret_is = false;
    for (size_t i = 0; i < list.count; i++) {
        TRY(member_count_owners(tx, rows[i].user_id, &count));
        *ret_is |= rows[i].role == (int)ROLE_OWNER && count <= 1;
    }
    bool is_last_admin = false;
    TRY(person_is_last_admin(app, tx, person, &is_last_admin));
    *ret_is |= is_last_admin;
    return OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct person_erase *erase = (struct person_erase *)command;
    struct person_row person;
    bool is_found = false;
    bool is_needed = false;
    TRY(person_get(tx, erase->person_id, &person, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_PERSON_NOT_FOUND;
        return OK;
    }
    TRY(is_last(command->app, tx, erase->person_id, &person, &is_needed));
    if (is_needed) {
        command->outcome = OUTCOME_LAST_ONE;
        return OK;
    }
    struct record_id id = id_new(tx->cx, "priv");
    const struct erasure_notice notice = {
        .to = {person.email, person.name, person.language},
        .request_id = id_str(&id),
        .sha256 = STR(""),
        .asked_at = cx_now_ms(tx->cx),
    };
    TRY(erasure_of_person(tx, erase->person_id));
    return erasure_tell(command->app, tx, &notice);
}

void person_erase(struct app *app, struct person_erase *erase) {
    erase->command.run = run;
    erase->command.after = NULL;
    command_submit(app, &erase->command);
}
