#include "app/access_review.h"

#include <stdio.h>

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "base/check.h"
#include "core/calendar.h"

static const char *const decision_names[] = {"keep", "change", "revoke"};

/* --- what somebody has --- */

/* Empty: nothing any more. */
static struct err held_now(struct tx *tx, const struct access_review_item_row *item,
                           struct str *ret_held) {
    struct person_row person;
    struct key_row key;
    bool is_found = false;
    *ret_held = STR("");
    if (str_equal(item->kind, STR("operator"))) {
        TRY(person_read(tx, item->subject, &person, &is_found));
        bool is_in = is_found && person.operator_role >= 0 && person.disabled_at == ROW_NONE;
        *ret_held = is_in ? str_from_cstr(role_name((enum role)person.operator_role)) : STR("");
        return OK;
    }
    TRY(key_read(tx, item->subject, &key, &is_found));
    bool is_active =
        is_found && key_status(&key, (struct instant){cx_now_ms(tx->cx)}) == KEY_ACTIVE;
    *ret_held = is_active ? key.scopes : STR("");
    return OK;
}

/* --- opening --- */

static struct err add_item(struct tx *tx, const struct access_review_row *review, struct str kind,
                           struct str subject) {
    struct access_review_item_row item = {
        .id = id_new(tx->cx, "acri"),
        .review_id = id_str(&review->id),
        .kind = kind,
        .subject = subject,
        .decision = STR(""),
        .becomes = STR(""),
        .reason = STR(""),
        .decided_by = STR(""),
        .decided_at = ROW_NONE,
    };
    TRY(held_now(tx, &item, &item.held));
    return item.held.len == 0 ? OK : access_review_item_insert(tx, &item);
}

static struct err add_items(struct tx *tx, const struct access_review_row *review) {
    struct row_list people;
    struct row_list keys;
    TRY(members_read(tx, STR(""), &people));
    TRY(keys_read(tx, &keys));
    for (size_t i = 0; i < people.count; i++) {
        TRY(add_item(tx, review, STR("operator"), ((const struct member *)people.items)[i].id));
    }
    for (size_t i = 0; i < keys.count; i++) {
        TRY(add_item(tx, review, STR("key"), id_str(&((const struct key_row *)keys.items)[i].id)));
    }
    return OK;
}

static struct err begin(struct tx *tx, struct record_id *ret_id) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct access_review_row review = {
        .id = id_new(tx->cx, "acrv"),
        .status = STR("open"),
        .opened_by = audit_actor_id(tx),
        .opened_at = now.ms,
        .due_at = instant_add(now, duration_days(ACCESS_REVIEW_DAYS)).ms,
        .closed_at = ROW_NONE,
    };
    *ret_id = review.id;
    TRY(access_review_insert(tx, &review));
    return add_items(tx, &review);
}

static struct err run_open(struct command *command, struct tx *tx) {
    struct access_review_open *open = (struct access_review_open *)command;
    struct access_review_row review;
    bool is_open = false;
    TRY(access_review_now(tx, &review, &is_open));
    if (is_open) {
        command->outcome = OUTCOME_ACCESS_REVIEW_OPEN;
        return OK;
    }
    TRY(begin(tx, &open->id));
    audit_say(tx, &(struct audit_said){.object = id_str(&open->id)});
    command->outcome = OUTCOME_CREATED;
    return OK;
}

void access_review_open(struct app *app, struct access_review_open *open) {
    open->command.run = run_open;
    open->command.after = NULL;
    command_submit(app, &open->command);
}

/* --- deciding --- */

/* Oneself, and what one has made, is for others to judge. */
static struct err is_own(struct tx *tx, const struct access_review_item_row *item,
                         struct str person_id, bool *ret_is) {
    struct str maker = item->subject;
    if (str_equal(item->kind, STR("key"))) {
        TRY(key_maker(tx, item->subject, &maker));
    }
    *ret_is = maker.len > 0 && str_equal(maker, person_id);
    return OK;
}

static struct err act(struct access_review_decide *decide, struct tx *tx,
                      const struct access_review_item_row *item) {
    bool is_operator = str_equal(item->kind, STR("operator"));
    if (decide->decision == ACCESS_KEEP || item->held.len == 0) {
        return OK;
    }
    if (!is_operator) {
        return key_revoke_at(tx, item->subject, cx_now_ms(tx->cx));
    }
    struct member_change change = {
        .user_id = STR(""),
        .person_id = item->subject,
        .role = decide->decision == ACCESS_REVOKE ? ROLE_NONE : decide->becomes,
    };
    change.command.app = decide->command.app;
    change.command.outcome = OUTCOME_DONE;
    TRY(member_change_inside(tx, &change));
    decide->command.outcome = change.command.outcome;
    return OK;
}

static struct err close_if_done(struct tx *tx, struct access_review_row *review) {
    int64_t left = 0;
    TRY(access_review_left(tx, id_str(&review->id), &left));
    if (left > 0) {
        return OK;
    }
    review->status = STR("closed");
    review->closed_at = cx_now_ms(tx->cx);
    return access_review_set(tx, review);
}

static struct err write_down(struct access_review_decide *decide, struct tx *tx,
                             struct access_review_item_row *item) {
    const char *role = role_name(decide->becomes);
    item->decision = str_from_cstr(decision_names[decide->decision]);
    item->becomes = decide->decision == ACCESS_CHANGE ? str_from_cstr(role) : STR("");
    item->reason = decide->reason;
    item->decided_by = decide->person_id;
    item->decided_at = cx_now_ms(tx->cx);
    audit_say(tx, &(struct audit_said){
                      .object = item->subject,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("held", item->held)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("decision", item->decision),
                                           AUDIT_TEXT("becomes", item->becomes),
                                           AUDIT_TEXT("review", item->review_id)),
                      .reason = decide->reason,
                  });
    return access_review_item_decide(tx, item);
}

/* They have something else by now: what was decided was about what they had. */
static struct err look_again(struct access_review_decide *decide, struct tx *tx,
                             struct access_review_item_row *item, struct str held) {
    item->held = held;
    decide->command.outcome = OUTCOME_ACCESS_REVIEW_CHANGED;
    (void)snprintf(decide->now_held, sizeof decide->now_held, STR_FMT, STR_ARG(held));
    return access_review_item_decide(tx, item);
}

static enum outcome judge(const struct access_review_decide *decide,
                          const struct access_review_row *review,
                          const struct access_review_item_row *item) {
    bool is_key = str_equal(item->kind, STR("key"));
    return str_equal(review->status, STR("closed"))      ? OUTCOME_ACCESS_REVIEW_CLOSED
           : item->decision.len > 0                      ? OUTCOME_ACCESS_REVIEW_DECIDED
           : is_key && decide->decision == ACCESS_CHANGE ? OUTCOME_ACCESS_REVIEW_NO_ROLE
                                                         : OUTCOME_DONE;
}

static struct err run_decide(struct command *command, struct tx *tx) {
    struct access_review_decide *decide = (struct access_review_decide *)command;
    struct access_review_row review;
    struct access_review_item_row item;
    struct str held;
    bool is_there = false;
    bool is_theirs = false;
    TRY(access_review_get(tx, decide->review_id, &review, &is_there));
    if (is_there) {
        TRY(access_review_item_get(tx, decide->review_id, decide->item_id, &item, &is_there));
    }
    command->outcome = is_there ? judge(decide, &review, &item) : OUTCOME_ACCESS_REVIEW_NOT_FOUND;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(is_own(tx, &item, decide->person_id, &is_theirs));
    if (is_theirs) {
        command->outcome = OUTCOME_ACCESS_REVIEW_OWN;
        return OK;
    }
    TRY(held_now(tx, &item, &held));
    if (!str_equal(held, item.held)) {
        return look_again(decide, tx, &item, held);
    }
    TRY(act(decide, tx, &item));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(write_down(decide, tx, &item));
    return close_if_done(tx, &review);
}

void access_review_decide(struct app *app, struct access_review_decide *decide) {
    check(decide->decision != ACCESS_CHANGE || role_is_operator(decide->becomes));
    decide->command.run = run_decide;
    decide->command.after = NULL;
    command_submit(app, &decide->command);
}

/* --- reading --- */

struct err access_reviews_read(struct tx *tx, struct str before, size_t max,
                               struct row_list *ret_list) {
    return access_review_page(tx, before, max, ret_list);
}

struct err access_review_read(struct tx *tx, struct str id, struct access_review_row *ret_row,
                              struct row_list *ret_items, bool *ret_found) {
    TRY(access_review_get(tx, id, ret_row, ret_found));
    return *ret_found ? access_review_items(tx, id, ACCESS_REVIEW_ITEMS_MAX, ret_items) : OK;
}

struct err access_review_name(struct tx *tx, const struct access_review_item_row *item,
                              struct str *ret_name) {
    struct person_row person;
    struct key_row key;
    bool is_found = false;
    *ret_name = (struct str){NULL, 0};
    if (str_equal(item->kind, STR("key"))) {
        TRY(key_read(tx, item->subject, &key, &is_found));
        *ret_name = is_found && key.name.len > 0 ? key.name : *ret_name;
        return OK;
    }
    TRY(person_read(tx, item->subject, &person, &is_found));
    struct str name = person.name.len > 0 ? person.name : person.email;
    *ret_name = is_found && name.len > 0 ? name : *ret_name;
    return OK;
}

/* --- what time brings --- */

/* Reminders go out so many days before the due date. */
static const int reminder_days[] = {7, 1};

static struct instant next_step(const struct access_review_row *review) {
    struct instant due = {review->due_at};
    size_t told = (size_t)review->told;
    return told < ARRAY_LEN(reminder_days)
               ? (struct instant){due.ms - duration_days(reminder_days[told]).ms}
               : due;
}

static struct err last_at(struct tx *tx, struct instant *ret_at) {
    struct row_list list;
    TRY(access_review_page(tx, STR("~"), 1, &list));
    if (list.count > 0) {
        ret_at->ms = ((const struct access_review_row *)list.items)->opened_at;
        return OK;
    }
    return access_review_began(tx, &ret_at->ms);
}

struct err access_review_due_at(struct tx *tx, struct instant *ret_at) {
    struct access_review_row review;
    bool is_open = false;
    struct instant last = {ROW_NONE};
    TRY(access_review_now(tx, &review, &is_open));
    if (is_open) {
        *ret_at = next_step(&review);
        return OK;
    }
    TRY(last_at(tx, &last));
    *ret_at = last.ms == ROW_NONE ? INSTANT_MAX : instant_add_months(last, ACCESS_REVIEW_MONTHS);
    return OK;
}

static struct err tell(struct app *app, struct tx *tx, const struct access_review_row *review,
                       bool is_over) {
    struct mail_values values;
    int64_t left = 0;
    TRY(access_review_left(tx, id_str(&review->id), &left));
    if (left == 0) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "reviewId", id_str(&review->id));
    mail_values_i64(&values, "left", left);
    mail_values_time(&values, "dueAt", review->due_at);
    mail_values_flag(&values, "isOver", is_over);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_ACCESS_REVIEW_DUE,
        .dedupe_key = arena_printf(tx->cx->arena, "access_review:%s:%lld", review->id.text,
                                   (long long)review->told),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

/* What the program does by itself has a row of its own. */
static struct err note(struct tx *tx, const char *action, struct str review_id) {
    return audit_append(
        tx, &(struct audit_entry){.action = str_from_cstr(action), .said = {.object = review_id}});
}

static struct err go_on(struct app *app, struct tx *tx, struct access_review_row *review) {
    bool is_over = review->told >= (int64_t)ARRAY_LEN(reminder_days);
    TRY(tell(app, tx, review, is_over));
    review->told++;
    if (is_over) {
        TRY(access_review_overdue(tx, id_str(&review->id)));
        review->status = STR("closed");
        review->closed_at = cx_now_ms(tx->cx);
        TRY(note(tx, "access_review.closed", id_str(&review->id)));
    }
    return access_review_set(tx, review);
}

struct err access_review_run_due(struct app *app, struct tx *tx) {
    struct access_review_row review;
    struct record_id id;
    struct instant due;
    bool is_open = false;
    TRY(access_review_due_at(tx, &due));
    if (due.ms > cx_now_ms(tx->cx)) {
        return OK;
    }
    TRY(access_review_now(tx, &review, &is_open));
    if (is_open) {
        return go_on(app, tx, &review);
    }
    TRY(begin(tx, &id));
    return note(tx, "access_review.opened", id_str(&id));
}
