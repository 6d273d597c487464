#include "app/email_change.h"

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_send.h"
#include "app/mail_values.h"
#include "app/person.h"
#include "app/sign_in.h"

static bool waits(const struct email_change_row *row, int64_t now) {
    return row->done_at == ROW_NONE && row->stopped_at == ROW_NONE && now < row->expires_at;
}

struct err email_change_waiting(struct tx *tx, struct str person_id,
                                struct email_change_row *ret_row, bool *ret_found) {
    struct row_list list;
    TRY(email_change_list(tx, person_id, 1, &list));
    const struct email_change_row *rows = list.items;
    *ret_found = list.count > 0 && waits(&rows[0], cx_now_ms(tx->cx));
    if (*ret_found) {
        *ret_row = rows[0];
    }
    return OK;
}

/* --- asking --- */

/* Somebody else than `person_id` has it. */
static struct err is_taken(struct app *app, struct tx *tx, struct str email, struct str person_id,
                           bool *ret_is) {
    struct person_row other;
    TRY(person_by_email(tx, person_email_index(app, tx->cx, email), &other, ret_is));
    *ret_is = *ret_is && !str_equal(id_str(&other.id), person_id);
    return OK;
}

/* What the two mails say; the links are different, so that neither mailbox does what is the
 * other's.
 */
struct wish {
    const struct person_row *person;
    struct email_change_row row;
    char confirm[TOKEN_SIZE], stop[TOKEN_SIZE];
    bool is_taken;
};

static struct err tell_new(struct app *app, struct tx *tx, const struct wish *wish) {
    struct mail_values values;
    struct arena *arena = tx->cx->arena;
    mail_values_begin(&values, tx->cx);
    mail_values_flag(&values, "isTaken", wish->is_taken);
    mail_values_str(&values, "confirmUrl", arena_printf(arena, "/email#%s", wish->confirm));
    mail_values_time(&values, "expiresAt", wish->row.expires_at);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_EMAIL_CONFIRM,
        .dedupe_key = arena_printf(arena, "email_confirm:%s", wish->row.id.text),
        .values = mail_values_end(&values),
        .address = wish->row.new_email,
        .name = wish->is_taken ? STR("") : wish->person->name,
        .language = wish->person->language,
    };
    return mail_order(app, tx, &order);
}

static struct err tell_old(struct app *app, struct tx *tx, const struct wish *wish) {
    struct mail_values values;
    struct arena *arena = tx->cx->arena;
    if (wish->person->email.len == 0) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "stopUrl", arena_printf(arena, "/email?stop=true#%s", wish->stop));
    mail_values_time(&values, "expiresAt", wish->row.expires_at);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_EMAIL_CHANGING,
        .dedupe_key = arena_printf(arena, "email_changing:%s", wish->row.id.text),
        .values = mail_values_end(&values),
        .address = wish->person->email,
        .name = wish->person->name,
        .language = wish->person->language,
    };
    return mail_order(app, tx, &order);
}

static struct err insert(struct email_change_ask *ask, struct tx *tx,
                         const struct person_row *person) {
    struct app *app = ask->command.app;
    struct wish wish = {.person = person};
    int64_t now = cx_now_ms(tx->cx);
    int64_t void_now = 0;
    token_make(app->env, wish.confirm);
    token_make(app->env, wish.stop);
    wish.row = (struct email_change_row){
        .person_id = ask->person_id,
        .id = id_new(tx->cx, "emch"),
        .session_id = ask->session_id,
        .old_email = person->email,
        .new_email = ask->email,
        .confirm_hash = secret_hash(tx->cx, str_from_cstr(wish.confirm)),
        .stop_hash = secret_hash(tx->cx, str_from_cstr(wish.stop)),
        .asked_at = now,
        .expires_at = now + duration_hours(EMAIL_CHANGE_HOURS).ms,
        .done_at = ROW_NONE,
        .stopped_at = ROW_NONE,
    };
    TRY(is_taken(app, tx, ask->email, ask->person_id, &wish.is_taken));
    TRY(email_change_withdraw(tx, ask->person_id, now, &void_now));
    TRY(email_change_insert(tx, &wish.row));
    TRY(tell_new(app, tx, &wish));
    return tell_old(app, tx, &wish);
}

/* Mails to anybody's address could be ordered by it. */
static struct err are_too_many(struct tx *tx, struct str person_id, bool *ret_are) {
    struct row_list list;
    int64_t since = cx_now_ms(tx->cx) - duration_hours(24).ms;
    TRY(email_change_list(tx, person_id, EMAIL_CHANGES_A_DAY, &list));
    const struct email_change_row *rows = list.items;
    *ret_are = list.count == EMAIL_CHANGES_A_DAY && rows[EMAIL_CHANGES_A_DAY - 1].asked_at > since;
    return OK;
}

static struct err judge(struct email_change_ask *ask, struct tx *tx,
                        const struct person_row *person) {
    struct app *app = ask->command.app;
    struct mail_suppression_row suppression;
    bool is_suppressed = false;
    bool are_many = false;
    struct str index = person_email_index(app, tx->cx, ask->email);
    if (str_equal(index, person_email_index(app, tx->cx, person->email))) {
        ask->command.outcome = OUTCOME_EMAIL_SAME;
        return OK;
    }
    TRY(are_too_many(tx, ask->person_id, &are_many));
    if (are_many) {
        ask->command.outcome = OUTCOME_EMAIL_CHANGES_TOO_MANY;
        return OK;
    }
    TRY(mail_suppression_get(tx, mail_suppressed_as(tx->cx->arena, ask->email), &suppression,
                             &is_suppressed));
    ask->command.outcome = is_suppressed ? OUTCOME_EMAIL_UNREACHABLE : OUTCOME_DONE;
    return OK;
}

static void say_change(struct tx *tx, struct str person_id, struct str from, struct str to) {
    audit_say(tx, &(struct audit_said){
                      .object = arena_str(tx->cx->arena, person_id),
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("email", audit_veiled(tx, from))),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("email", audit_veiled(tx, to))),
                  });
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct email_change_ask *ask = (struct email_change_ask *)command;
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, ask->person_id, &person, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_PERSON_NOT_FOUND;
        return OK;
    }
    say_change(tx, ask->person_id, person.email, ask->email);
    TRY(judge(ask, tx, &person));
    return command->outcome == OUTCOME_DONE ? insert(ask, tx, &person) : OK;
}

void email_change_ask(struct app *app, struct email_change_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- taken back --- */

static struct err run_drop(struct command *command, struct tx *tx) {
    struct email_change_drop *drop = (struct email_change_drop *)command;
    int64_t count = 0;
    audit_say(tx, &(struct audit_said){.object = drop->person_id});
    TRY(email_change_withdraw(tx, drop->person_id, cx_now_ms(tx->cx), &count));
    command->outcome = count > 0 ? OUTCOME_DONE : OUTCOME_EMAIL_CHANGE_NOT_FOUND;
    return OK;
}

void email_change_drop(struct app *app, struct email_change_drop *drop) {
    drop->command.run = run_drop;
    drop->command.after = NULL;
    command_submit(app, &drop->command);
}

/* --- by the links --- */

static struct err put_email(struct app *app, struct tx *tx, struct person_row *person,
                            struct str email) {
    say_change(tx, id_str(&person->id), person->email, email);
    person->email = email;
    person->email_index = person_email_index(app, tx->cx, email);
    TRY(person_set(tx, person));
    return sign_in_link_withdraw(tx, LINK_RESET, id_str(&person->id), cx_now_ms(tx->cx));
}

static struct err confirm(struct email_change_answer *answer, struct tx *tx,
                          const struct email_change_row *row, struct person_row *person) {
    struct app *app = answer->command.app;
    bool taken = false;
    TRY(is_taken(app, tx, row->new_email, row->person_id, &taken));
    if (taken) {
        answer->command.outcome = OUTCOME_EMAIL_TAKEN;
        return OK;
    }
    struct person_row before = *person;
    TRY(put_email(app, tx, person, row->new_email));
    TRY(email_change_done(tx, row->person_id, id_str(&row->id), cx_now_ms(tx->cx)));
    TRY(session_delete_all(tx, row->person_id, row->session_id));
    return notice_send(app, tx, &before, NOTICE_EMAIL_CHANGED, &answer->place);
}

static struct err stop(struct email_change_answer *answer, struct tx *tx,
                       const struct email_change_row *row, struct person_row *person) {
    struct app *app = answer->command.app;
    bool taken = false;
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, row->person_id)});
    TRY(is_taken(app, tx, row->old_email, row->person_id, &taken));
    if (row->done_at != ROW_NONE && !taken) {
        TRY(put_email(app, tx, person, row->old_email));
    }
    TRY(email_change_stop_all(tx, row->person_id, cx_now_ms(tx->cx)));
    TRY(session_delete_all(tx, row->person_id, STR("")));
    return notice_send(app, tx, person, NOTICE_EMAIL_STOPPED, &answer->place);
}

static bool may_stop(const struct email_change_row *row, int64_t now) {
    int64_t until = row->done_at == ROW_NONE ? row->expires_at
                                             : row->done_at + duration_hours(EMAIL_CHANGE_HOURS).ms;
    return row->stopped_at == ROW_NONE && now < until;
}

static struct err run_answer(struct command *command, struct tx *tx) {
    struct email_change_answer *answer = (struct email_change_answer *)command;
    struct email_change_row row;
    struct person_row person;
    int64_t now = cx_now_ms(tx->cx);
    bool is_good = false;
    struct str hash = secret_hash(tx->cx, answer->token);
    TRY(answer->stops ? email_change_by_stop(tx, hash, &row, &is_good)
                      : email_change_by_confirm(tx, hash, &row, &is_good));
    is_good = is_good && (answer->stops ? may_stop(&row, now) : waits(&row, now));
    if (is_good) {
        TRY(person_get(tx, row.person_id, &person, &is_good));
    }
    if (!is_good || person.disabled_at != ROW_NONE) {
        command->outcome = OUTCOME_EMAIL_LINK_INVALID;
        return OK;
    }
    return answer->stops ? stop(answer, tx, &row, &person) : confirm(answer, tx, &row, &person);
}

void email_change_answer(struct app *app, struct email_change_answer *answer) {
    answer->command.run = run_answer;
    answer->command.after = NULL;
    command_submit(app, &answer->command);
}
