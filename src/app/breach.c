#include "app/breach.h"

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/privacy.h"
#include "store/customer.h"

enum { BATCH = 100 };
static const int64_t reminders[] = {24, 48, 60}; /* hours */

/* The first after `now`; ROW_NONE behind the last. */
static int64_t next_reminder(int64_t known_at, int64_t now) {
    for (size_t i = 0; i < ARRAY_LEN(reminders); i++) {
        struct instant at = instant_add((struct instant){known_at}, duration_hours(reminders[i]));
        if (at.ms > now) {
            return at.ms;
        }
    }
    return ROW_NONE;
}

/* --- opening --- */

static struct err run_open(struct command *command, struct tx *tx) {
    struct breach_row *row = &((struct breach_open *)command)->row;
    int64_t now = cx_now_ms(tx->cx);
    command->outcome = row->known_at > now ? OUTCOME_INVALID_BREACH : OUTCOME_CREATED;
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    row->id = id_new(tx->cx, "brch");
    row->due_at = instant_add((struct instant){row->known_at}, duration_hours(BREACH_HOURS)).ms;
    row->remind_at = next_reminder(row->known_at, now);
    row->created_by = audit_actor_id(tx);
    row->created_at = now;
    row->closed_by = row->authority_reference = row->conclusion = STR("");
    row->closed_at = row->authority_told_at = row->people_told_at = ROW_NONE;
    audit_say(tx, &(struct audit_said){.object = id_str(&row->id)});
    return breach_put(tx, row);
}

void breach_open(struct app *app, struct breach_open *open) {
    open->command.run = run_open;
    open->command.after = NULL;
    command_submit(app, &open->command);
}

/* --- closing --- */

static bool is_within(int64_t at, int64_t known_at, int64_t now) {
    return at == ROW_NONE || (at >= known_at && at <= now);
}

static struct err run_close(struct command *command, struct tx *tx) {
    const struct breach_close *close = (const struct breach_close *)command;
    struct breach_row row;
    int64_t now = cx_now_ms(tx->cx);
    bool is_found = false;
    TRY(breach_get(tx, close->id, &row, &is_found));
    bool is_fit = is_found && is_within(close->authority_told_at, row.known_at, now) &&
                  is_within(close->people_told_at, row.known_at, now);
    command->outcome = !is_found                   ? OUTCOME_BREACH_NOT_FOUND
                       : row.closed_at != ROW_NONE ? OUTCOME_BREACH_CLOSED
                       : !is_fit                   ? OUTCOME_INVALID_BREACH
                                                   : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    row.closed_by = audit_actor_id(tx);
    row.closed_at = now;
    row.remind_at = ROW_NONE;
    row.authority_told_at = close->authority_told_at;
    row.authority_reference = close->authority_reference;
    row.people_told_at = close->people_told_at;
    row.conclusion = close->conclusion;
    audit_say(tx, &(struct audit_said){.object = close->id});
    return breach_put(tx, &row);
}

void breach_close(struct app *app, struct breach_close *close) {
    close->command.run = run_close;
    close->command.after = NULL;
    command_submit(app, &close->command);
}

/* --- as time passes --- */

static struct err remind(struct app *app, struct tx *tx, struct breach_row *row) {
    int64_t now = cx_now_ms(tx->cx);
    int64_t hour = duration_hours(1).ms;
    int64_t left = row->due_at > now ? (row->due_at - now) / hour : 0;
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "breachId", id_str(&row->id));
    mail_values_i64(&values, "hoursLeft", left);
    mail_values_time(&values, "knownAt", row->known_at);
    mail_values_time(&values, "dueAt", row->due_at);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_BREACH_DUE,
        .dedupe_key = arena_printf(tx->cx->arena, "breach_due:%s:%lld", row->id.text,
                                   (long long)row->remind_at),
        .values = mail_values_end(&values),
    };
    TRY(mail_order(app, tx, &order));
    row->remind_at = next_reminder(row->known_at, now);
    return breach_put(tx, row);
}

struct err breach_remind(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    int64_t now = cx_now_ms(tx->cx);
    TRY(breach_reminding(tx, BATCH, &list));
    struct breach_row *rows = list.items;
    size_t i = 0;
    for (; i < list.count && rows[i].remind_at <= now; i++) {
        TRY(remind(app, tx, &rows[i]));
    }
    *ret_has_more = i == BATCH;
    return OK;
}

struct err breach_remind_at(struct tx *tx, struct instant *ret_at) {
    struct row_list list;
    TRY(breach_reminding(tx, 1, &list));
    *ret_at = list.count == 0
                  ? INSTANT_MAX
                  : (struct instant){((const struct breach_row *)list.items)->remind_at};
    return OK;
}

/* --- reading --- */

struct err breach_read(struct tx *tx, struct str id, struct breach_row *ret_row, bool *ret_found) {
    return breach_get(tx, id, ret_row, ret_found);
}

struct err breaches_read(struct tx *tx, struct str before, size_t max, struct row_list *ret_list) {
    return breach_page(tx, before, max, ret_list);
}

static struct err contact_of(struct tx *tx, struct str user_id, struct breach_contact *ret) {
    struct customer_row customer;
    bool is_found = false;
    bool is_erased = false;
    *ret = (struct breach_contact){.user_id = user_id};
    TRY(customer_get(tx, user_id, &customer, &is_found));
    TRY(privacy_is_erased(tx, user_id, &is_erased));
    if (is_found && !is_erased) {
        ret->name = customer.name;
        ret->email = customer.email;
        ret->language = customer.language;
        ret->country = customer.country;
    }
    return OK;
}

struct err breach_contacts(struct tx *tx, const struct breach_query *query, size_t max,
                           struct row_list *ret_list) {
    struct row_list list;
    TRY(breach_affected_page(tx, query, max, &list));
    const struct breach_affected *rows = list.items;
    struct breach_contact *contacts = arena_array(tx->cx->arena, list.count, sizeof *contacts);
    if (contacts == NULL && list.count > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        TRY(contact_of(tx, rows[i].user_id, &contacts[i]));
    }
    *ret_list = (struct row_list){contacts, list.count};
    return OK;
}
