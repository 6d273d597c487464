/* Which accounts at a provider are whose: added by hand by who is signed in, and taken away again.
 */
#include "app/audit.h"
#include "app/oidc.h"
#include "app/oidc_provider.h"
#include "app/person.h"
#include "app/sign_in.h"

struct err oidc_identities(struct tx *tx, struct str person_id, struct row_list *ret_list) {
    TRY(identity_of_person(tx, person_id, IDENTITIES_MAX, ret_list));
    struct identity_row *rows = ret_list->items;
    size_t count = 0;
    for (size_t i = 0; i < ret_list->count; i++) {
        if (!str_equal(rows[i].issuer, PERSON_PLATFORM)) {
            rows[count++] = rows[i];
        }
    }
    ret_list->count = count;
    return OK;
}

struct err oidc_identity_add(struct tx *tx, const struct oidc_said *said, struct str person_id) {
    struct identity_row row = {
        .issuer = said->issuer,
        .subject = said->subject,
        .person_id = person_id,
        .created_at = cx_now_ms(tx->cx),
    };
    TRY(identity_insert(tx, &row));
    return audit_append(
        tx, &(struct audit_entry){
                .action = STR("person.linked"),
                .said = {.object = row.person_id,
                         .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("issuer", row.issuer))},
            });
}

/* --- by hand --- */

static struct err tell(struct command *command, struct tx *tx, struct str person_id,
                       enum notice notice, const struct session_place *place) {
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, person_id, &person, &is_found));
    return is_found ? notice_send(command->app, tx, &person, notice, place) : OK;
}

static struct err run_link(struct command *command, struct tx *tx) {
    struct oidc_link *link = (struct oidc_link *)command;
    const struct oidc_said *said = &link->said;
    struct identity_row identity;
    bool is_known = false;
    TRY(identity_get(tx, said->issuer, said->subject, &identity, &is_known));
    if (is_known) {
        bool is_theirs = str_equal(identity.person_id, link->person_id);
        command->outcome = is_theirs ? OUTCOME_DONE : OUTCOME_IDENTITY_TAKEN;
        return OK;
    }
    TRY(oidc_knows(tx, said->issuer, link->person_id, &is_known));
    if (is_known) {
        command->outcome = OUTCOME_IDENTITY_EXISTS;
        return OK;
    }
    TRY(oidc_identity_add(tx, said, link->person_id));
    return tell(command, tx, link->person_id, NOTICE_PROVIDER_LINKED, &link->place);
}

void oidc_link(struct app *app, struct oidc_link *link) {
    link->command.run = run_link;
    link->command.after = NULL;
    command_submit(app, &link->command);
}

/* Whether they could come in without it: a password or a passkey does, or the platform's word. A
 * code of an app proves somebody who has come in. */
static struct err has_other_way(struct tx *tx, struct str person_id, bool *ret_has) {
    struct person_row person;
    struct factors factors;
    bool is_found = false;
    bool is_platforms = false;
    TRY(person_get(tx, person_id, &person, &is_found));
    TRY(person_factors(tx, person_id, &factors));
    TRY(oidc_knows(tx, PERSON_PLATFORM, person_id, &is_platforms));
    bool has_password = is_found && person.password_hash.len > 0;
    *ret_has = has_password || factors.passkeys > 0 || is_platforms;
    return OK;
}

/* An account at a provider that is not the installation's lets nobody in, and may always go. */
static bool is_way_in(const struct app *app, struct str issuer) {
    return app->oidc != NULL && str_equal(oidc_provider_settings(app->oidc)->issuer, issuer);
}

static struct err run_unlink(struct command *command, struct tx *tx) {
    struct oidc_unlink *unlink = (struct oidc_unlink *)command;
    bool is_known = false;
    bool has_other = false;
    TRY(oidc_knows(tx, unlink->issuer, unlink->person_id, &is_known));
    if (!is_known || str_equal(unlink->issuer, PERSON_PLATFORM)) {
        command->outcome = OUTCOME_IDENTITY_NOT_FOUND;
        return OK;
    }
    TRY(has_other_way(tx, unlink->person_id, &has_other));
    if (!has_other && is_way_in(command->app, unlink->issuer)) {
        command->outcome = OUTCOME_LAST_WAY_IN;
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .object = unlink->person_id,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("issuer", unlink->issuer))});
    TRY(identity_delete(tx, unlink->person_id, unlink->issuer));
    TRY(session_delete_all(tx, unlink->person_id, unlink->but_session_id));
    return tell(command, tx, unlink->person_id, NOTICE_PROVIDER_UNLINKED, &unlink->place);
}

void oidc_unlink(struct app *app, struct oidc_unlink *unlink) {
    unlink->command.run = run_unlink;
    unlink->command.after = NULL;
    command_submit(app, &unlink->command);
}
