#include "app/privacy_clock.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "core/deadline.h"
#include "store/customer.h"
#include "store/person.h"

enum { BATCH = 100, EXTENDED_MONTHS = 3 };

/* Not in the customer's history: when they are answered is the operators' matter. */
#define NOBODYS STR("")

static struct err note(struct tx *tx, const struct privacy_request_row *row, const char *type,
                       const char *what) {
    struct billing_note event = {
        .type = type,
        .description = arena_printf(tx->cx->arena, "Request %s, %s: %s.", row->id.text,
                                    arena_cstr(tx->cx->arena, row->kind), what),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_TEXT("requestId", id_str(&row->id)),
                                AUDIT_TEXT("kind", row->kind), AUDIT_TEXT("userId", row->user_id)),
    };
    return billing_event_note(tx, NOBODYS, &event);
}

static void begin_values(struct mail_values *values, struct tx *tx,
                         const struct privacy_request_row *row) {
    mail_values_begin(values, tx->cx);
    mail_values_str(values, "requestId", id_str(&row->id));
    mail_values_flag(values, "isExport", str_equal(row->kind, STR("export")));
    mail_values_flag(values, "isErasure", str_equal(row->kind, STR("erasure")));
    mail_values_time(values, "askedAt", row->created_at);
    mail_values_time(values, "dueAt", row->due_at);
}

/* --- operators are told --- */

struct err privacy_remind_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(privacy_request_remind_next(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

static struct err remind(struct app *app, struct tx *tx, struct privacy_request_row *row) {
    struct instant due = {row->due_at};
    struct instant now = {cx_now_ms(tx->cx)};
    int64_t left = deadline_days_left(due, now);
    struct mail_values values;
    begin_values(&values, tx, row);
    mail_values_str(&values, "userId", row->user_id);
    mail_values_i64(&values, "daysLeft", left);
    mail_values_flag(&values, "isOverdue", left == 0);
    const struct mail_order order = {
        .user_id = NOBODYS,
        .kind = MAIL_KIND_PRIVACY_DUE,
        .dedupe_key = arena_printf(tx->cx->arena, "privacy_due:%s:%lld", row->id.text,
                                   (long long)row->remind_at),
        .values = mail_values_end(&values),
    };
    struct instant next = deadline_next_notice(due, now);
    row->remind_at = next.ms == INSTANT_MAX.ms ? ROW_NONE : next.ms;
    TRY(mail_order(app, tx, &order));
    TRY(left == 0 ? note(tx, row, "privacy.overdue", "it should have been answered")
                  : note(tx, row, "privacy.due", "it is to be answered soon"));
    return privacy_request_set(tx, row);
}

struct err privacy_remind(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    TRY(privacy_request_remind(tx, cx_now_ms(tx->cx), BATCH, &list));
    struct privacy_request_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(remind(app, tx, &rows[i]));
    }
    *ret_has_more = list.count == BATCH;
    return OK;
}

struct err privacy_overdue(struct tx *tx, uint64_t *ret_count) {
    int64_t count = 0;
    TRY(privacy_request_overdue(tx, cx_now_ms(tx->cx), &count));
    *ret_count = (uint64_t)count;
    return OK;
}

/* --- whoever asked is told --- */

static struct err asker_of_person(struct tx *tx, const struct privacy_request_row *row,
                                  struct privacy_addressee *ret_asker, bool *ret_found) {
    struct person_row person;
    struct member_row member;
    bool is_theirs = row->user_id.len == 0;
    *ret_found = false;
    if (row->person_id.len == 0) {
        return OK;
    }
    if (!is_theirs) { /* an operator who asked for a customer is not the one to be told */
        TRY(member_get(tx, row->user_id, row->person_id, &member, &is_theirs));
    }
    TRY(is_theirs ? person_get(tx, row->person_id, &person, ret_found) : OK);
    if (*ret_found) {
        *ret_asker = (struct privacy_addressee){person.email, person.name, person.language};
        *ret_found = person.email.len > 0;
    }
    return OK;
}

struct err privacy_addressee_of(struct tx *tx, const struct privacy_request_row *row,
                                struct privacy_addressee *ret_asker) {
    struct customer_row customer;
    bool is_found = false;
    *ret_asker = (struct privacy_addressee){STR(""), STR(""), STR("")};
    TRY(asker_of_person(tx, row, ret_asker, &is_found));
    if (is_found || row->user_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, row->user_id, &customer, &is_found));
    if (is_found) {
        *ret_asker = (struct privacy_addressee){customer.email, customer.name, customer.language};
    }
    return OK;
}

static struct err tell(struct app *app, struct tx *tx, const struct privacy_request_row *row,
                       bool is_refusal) {
    struct privacy_addressee asker;
    struct mail_values values;
    TRY(privacy_addressee_of(tx, row, &asker));
    if (asker.address.len == 0) {
        return OK;
    }
    begin_values(&values, tx, row);
    mail_values_flag(&values, "isRefused", is_refusal);
    mail_values_str(&values, "reason", row->reason);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_PRIVACY_ANSWER,
        .dedupe_key = arena_printf(tx->cx->arena, "privacy_answer:%s:%s", row->id.text,
                                   is_refusal ? "refused" : "extended"),
        .values = mail_values_end(&values),
        .address = asker.address,
        .name = asker.name,
        .language = asker.language,
    };
    return mail_order(app, tx, &order);
}

/* --- answering --- */

static enum outcome judge(const struct privacy_answer *answer, bool is_found,
                          const struct privacy_request_row *row, int64_t now) {
    return !is_found                      ? OUTCOME_PRIVACY_REQUEST_NOT_FOUND
           : !privacy_is_waiting(row)     ? OUTCOME_PRIVACY_REQUEST_ANSWERED
           : answer->is_refusal           ? OUTCOME_DONE
           : row->extended_at != ROW_NONE ? OUTCOME_PRIVACY_EXTENDED
           : row->due_at <= now           ? OUTCOME_PRIVACY_EXTENDED_LATE
                                          : OUTCOME_DONE;
}

static void extend(struct privacy_request_row *row, struct instant now) {
    struct instant due = instant_add_months((struct instant){row->created_at}, EXTENDED_MONTHS);
    row->due_at = due.ms;
    row->extended_at = now.ms;
    row->remind_at = deadline_next_notice(due, now).ms;
}

static void refuse(struct tx *tx, struct privacy_request_row *row, struct instant now) {
    row->status = STR("refused");
    row->finished_at = now.ms;
    row->decided_by = audit_actor_id(tx);
    row->remind_at = ROW_NONE;
}

static struct err run(struct command *command, struct tx *tx) {
    struct privacy_answer *answer = (struct privacy_answer *)command;
    struct instant now = {cx_now_ms(tx->cx)};
    struct privacy_request_row row;
    bool is_found = false;
    TRY(privacy_request_get(tx, answer->id, &row, &is_found));
    command->outcome = judge(answer, is_found, &row, now.ms);
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.customer = row.user_id});
    row.reason = answer->reason;
    if (answer->is_refusal) {
        refuse(tx, &row, now);
    } else {
        extend(&row, now);
    }
    TRY(privacy_request_set(tx, &row));
    TRY(note(tx, &row, answer->is_refusal ? "privacy.refused" : "privacy.extended",
             answer->is_refusal ? "it was refused" : "it takes two months more"));
    return tell(command->app, tx, &row, answer->is_refusal);
}

void privacy_answer(struct app *app, struct privacy_answer *answer) {
    answer->command.run = run;
    answer->command.after = NULL;
    command_submit(app, &answer->command);
}
