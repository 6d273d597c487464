#include "app/feedback.h"

#include "app/audit.h"
#include "app/customer_list.h"
#include "app/mail.h"
#include "app/mail_send.h"
#include "app/mail_values.h"
#include "app/privacy.h"
#include "base/rfc3339.h"
#include "store/customer.h"
#include "store/subscription.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
enum { STRETCHES_MAX = 8, MONTH_LENGTH = 7 /* "2026-03" */ };

/* --- the moment --- */

static struct str month_of(struct tx *tx, int64_t at) {
    char text[RFC3339_SIZE];
    rfc3339_format(at, text);
    return arena_str(tx->cx->arena, str_of(text, MONTH_LENGTH));
}

static void put_standing(struct tx *tx, enum tier tier, struct money monthly,
                         struct feedback_row *row) {
    row->tier = (int)tier;
    row->band = (int)feedback_band_of(monthly);
    row->monthly = monthly.minor;
    row->currency = arena_str(tx->cx->arena, str_from_cstr(monthly.currency.code));
}

/* Plan and revenue as they are. *ret_found is false when there is no such customer. */
static struct err stand(struct app *app, struct tx *tx, struct feedback_row *row, bool *ret_found) {
    struct customer_line line;
    TRY(customer_list_one(tx, row->user_id, &line, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct instant now = {cx_now_ms(tx->cx)};
    struct customer_standing standing = customer_standing(app, &line, now);
    struct money monthly =
        standing.is_priced ? standing.monthly : money_zero(app->catalogue->currency);
    put_standing(tx, line.tier < 0 ? TIER_FREE : (enum tier)line.tier, monthly, row);
    return OK;
}

static struct err insert(struct tx *tx, struct feedback_row *row) {
    row->id = id_new(tx->cx, FEEDBACK_ID_KIND);
    row->created_at = cx_now_ms(tx->cx);
    row->month = month_of(tx, row->created_at);
    row->status = FEEDBACK_NEW;
    row->themes = row->reply = row->replied_by = STR("");
    row->replied_at = row->closed_at = ROW_NONE;
    return feedback_insert(tx, row);
}

/* --- saying --- */

static struct err too_often(struct tx *tx, struct feedback_say *say, bool *ret_is) {
    struct feedback_said said = {.first_at = ROW_NONE};
    TRY(feedback_said_since(tx, say->row.user_id, cx_now_ms(tx->cx) - DAY_MS, &said));
    *ret_is = said.count >= FEEDBACK_SAID_A_DAY;
    say->not_before = (struct instant){said.first_at + DAY_MS};
    return OK;
}

static struct err scored_lately(struct tx *tx, struct feedback_say *say, bool *ret_is) {
    int64_t at = ROW_NONE;
    TRY(feedback_last_score(tx, say->row.user_id, &at));
    say->not_before = at == ROW_NONE ? INSTANT_MIN : feedback_rest_ends((struct instant){at});
    *ret_is = at != ROW_NONE && cx_now_ms(tx->cx) < say->not_before.ms;
    return OK;
}

/* What may stand in the way, in this order. */
static struct err judge(struct tx *tx, struct feedback_say *say, enum outcome *ret_outcome) {
    bool stops = false;
    TRY(privacy_customer_stands(tx, say->row.user_id, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    *ret_outcome = OUTCOME_CREATED;
    if (say->row.kind == FEEDBACK_NPS) {
        TRY(scored_lately(tx, say, &stops));
        *ret_outcome = stops ? OUTCOME_FEEDBACK_SCORED_LATELY : OUTCOME_CREATED;
    }
    if (!stops) {
        TRY(too_often(tx, say, &stops));
        *ret_outcome = stops ? OUTCOME_FEEDBACK_TOO_OFTEN : OUTCOME_CREATED;
    }
    return OK;
}

static bool says_the_same(const struct feedback_row *a, const struct feedback_row *b) {
    return a->kind == b->kind && a->score == b->score && str_equal(a->comment, b->comment) &&
           str_equal(a->page, b->page) && a->may_reply == b->may_reply;
}

/* What the same request said before, as the answer to it. */
static struct err find_said(struct tx *tx, struct feedback_say *say, bool *ret_was) {
    struct feedback_row row;
    *ret_was = false;
    if (say->row.request_key.len == 0) {
        return OK;
    }
    TRY(feedback_by_key(tx, say->row.user_id, say->row.request_key, &row, ret_was));
    if (*ret_was) {
        bool is_same = says_the_same(&row, &say->row);
        say->command.outcome = is_same ? OUTCOME_CREATED : OUTCOME_IDEMPOTENCY_MISMATCH;
        say->row = row;
    }
    return OK;
}

void feedback_keep(struct arena *arena, struct feedback_row *row) {
    struct str *texts[] = {&row->user_id,    &row->person_id,  &row->comment, &row->page,
                           &row->currency,   &row->month,      &row->themes,  &row->reply,
                           &row->replied_by, &row->request_key};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = arena_str(arena, *texts[i]);
    }
}

static struct err say(struct command *command, struct tx *tx) {
    struct feedback_say *said = (struct feedback_say *)command;
    struct feedback_row *row = &said->row;
    struct feedback_question_row question;
    bool is_found = false;
    bool is_asked = false;
    bool was_said = false;
    TRY(find_said(tx, said, &was_said));
    if (was_said) {
        return OK;
    }
    TRY(judge(tx, said, &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    TRY(stand(command->app, tx, row, &is_found));
    row->reason = -1;
    row->cause = FEEDBACK_OF_OWN;
    if (row->kind == FEEDBACK_NPS) {
        TRY(feedback_question_open(tx, row->user_id, &question, &is_asked));
        row->cause = is_asked && question.asked_at != ROW_NONE ? question.cause : FEEDBACK_OF_OWN;
        TRY(feedback_questions_end(tx, row->user_id, cx_now_ms(tx->cx)));
    }
    TRY(insert(tx, row));
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row->id))});
    return OK;
}

static struct err run_say(struct command *command, struct tx *tx) {
    struct feedback_say *said = (struct feedback_say *)command;
    TRY(say(command, tx));
    if (command->outcome == OUTCOME_CREATED) {
        feedback_keep(said->arena, &said->row);
    }
    return OK;
}

void feedback_say(struct app *app, struct feedback_say *say) {
    say->command.run = run_say;
    say->command.after = NULL;
    command_submit(app, &say->command);
}

/* --- what leads to a question --- */

static struct err note_occasion(struct tx *tx, struct str user_id, enum feedback_cause cause) {
    const struct feedback_question_row row = {
        .user_id = user_id,
        .id = id_new(tx->cx, FEEDBACK_QUESTION_KIND),
        .cause = (int)cause,
        .asked_by = STR(""),
        .occasion_at = cx_now_ms(tx->cx),
        .asked_at = ROW_NONE,
        .ended_at = ROW_NONE,
    };
    return feedback_question_insert(tx, &row);
}

struct err feedback_note_upgrade(struct tx *tx, struct str user_id) {
    return note_occasion(tx, user_id, FEEDBACK_OF_UPGRADE);
}

/* The plan that was cancelled, which is over already when it ended at once. */
static struct err stand_cancelled(struct app *app, struct tx *tx,
                                  const struct feedback_cancelled *cancelled,
                                  struct feedback_row *row) {
    struct row_list list;
    bool is_found = false;
    TRY(stand(app, tx, row, &is_found));
    TRY(subscription_stretches(tx, cancelled->user_id, STRETCHES_MAX, &list));
    const struct subscription_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        const struct plan *plan = catalogue_plan_version(app->catalogue, (enum tier)rows[i].tier,
                                                         (int32_t)rows[i].plan_version);
        if (plan == NULL ||
            !str_equal(rows[i].stripe_subscription_id, cancelled->stripe_subscription_id)) {
            continue;
        }
        bool is_trial = rows[i].trial_ends_at > cx_now_ms(tx->cx);
        put_standing(tx, plan->tier,
                     standing_monthly(plan, (enum interval)rows[i].interval,
                                      is_trial ? SUBSCRIPTION_TRIALING : SUBSCRIPTION_ACTIVE,
                                      app->catalogue->currency),
                     row);
        return OK;
    }
    return OK;
}

struct err feedback_note_cancel(struct app *app, struct tx *tx,
                                const struct feedback_cancelled *cancelled) {
    enum feedback_reason reason = FEEDBACK_OTHER;
    struct str comment = cancelled->comment;
    bool is_word = feedback_reason_parse(cancelled->reason, &reason);
    if (!is_word && cancelled->reason.len > 0) {
        comment = arena_printf(tx->cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(cancelled->reason),
                               comment.len > 0 ? ": " : "", STR_ARG(comment));
    }
    struct feedback_row row = {
        .user_id = cancelled->user_id,
        .kind = FEEDBACK_CANCEL,
        .cause = FEEDBACK_OF_CANCEL,
        .person_id = STR(""),
        .score = ROW_NONE,
        .reason = cancelled->reason.len > 0 ? (int)reason : -1,
        .comment = comment,
        .page = STR("/billing/cancel"),
        .request_key = STR(""),
    };
    TRY(note_occasion(tx, cancelled->user_id, FEEDBACK_OF_CANCEL));
    TRY(stand_cancelled(app, tx, cancelled, &row));
    return insert(tx, &row);
}

/* --- asking --- */

/* The last question but this one, or the last answer, whichever came later. */
static struct err last_of(struct tx *tx, struct str user_id, struct str but, int64_t *ret_at) {
    int64_t asked = ROW_NONE;
    int64_t scored = ROW_NONE;
    TRY(feedback_question_last(tx, user_id, but, &asked));
    TRY(feedback_last_score(tx, user_id, &scored));
    *ret_at = asked > scored ? asked : scored;
    return OK;
}

static struct err facts_of(struct tx *tx, struct str user_id,
                           struct feedback_question_row *question,
                           struct feedback_facts *ret_facts) {
    struct feedback_facts facts = {.now = {cx_now_ms(tx->cx)}};
    int64_t last = ROW_NONE;
    TRY(privacy_allows(tx, user_id, PURPOSE_FEEDBACK_MAIL, &facts.is_allowed));
    TRY(feedback_question_open(tx, user_id, question, &facts.has_occasion));
    if (facts.has_occasion) {
        facts.cause = (enum feedback_cause)question->cause;
        facts.occasion_at = (struct instant){question->occasion_at};
        facts.is_asked = question->asked_at != ROW_NONE;
        TRY(last_of(tx, user_id, id_str(&question->id), &last));
    }
    facts.has_last = last != ROW_NONE;
    facts.last_at = (struct instant){facts.has_last ? last : 0};
    *ret_facts = facts;
    return OK;
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct feedback_ask *ask = (struct feedback_ask *)command;
    struct feedback_question_row question;
    struct feedback_facts facts;
    TRY(privacy_customer_stands(tx, ask->user_id, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(facts_of(tx, ask->user_id, &question, &facts));
    ask->asking = feedback_may_ask(&facts);
    ask->cause = facts.cause;
    bool is_first = ask->asking == FEEDBACK_ASK && !facts.is_asked;
    return is_first ? feedback_question_asked(tx, &question, facts.now.ms) : OK;
}

struct err feedback_due_read(struct tx *tx, struct str user_id, struct feedback_due *ret_due) {
    struct feedback_question_row question;
    struct feedback_facts facts;
    TRY(facts_of(tx, user_id, &question, &facts));
    *ret_due = (struct feedback_due){
        .asking = feedback_may_ask(&facts), .cause = facts.cause, .is_new = !facts.is_asked};
    return OK;
}

void feedback_ask(struct app *app, struct feedback_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

static struct err run_put_off(struct command *command, struct tx *tx) {
    struct str user_id = ((struct feedback_put_off *)command)->user_id;
    struct feedback_question_row question;
    bool is_open = false;
    TRY(feedback_question_open(tx, user_id, &question, &is_open));
    bool is_put = is_open && question.asked_at != ROW_NONE;
    command->outcome = is_put ? OUTCOME_DONE : OUTCOME_FEEDBACK_NOT_ASKED;
    return is_put ? feedback_questions_end(tx, user_id, cx_now_ms(tx->cx)) : OK;
}

void feedback_put_off(struct app *app, struct feedback_put_off *put_off) {
    put_off->command.run = run_put_off;
    put_off->command.after = NULL;
    command_submit(app, &put_off->command);
}

/* --- an operator asks --- */

static struct err may_demand(struct tx *tx, struct feedback_demand *demand,
                             const struct customer_row *customer, enum outcome *ret_outcome) {
    struct str user_id = customer->user_id;
    struct mail_suppression_row suppression;
    bool is_allowed = false;
    bool is_out = false;
    bool is_suppressed = false;
    int64_t last = ROW_NONE;
    TRY(privacy_allows(tx, user_id, PURPOSE_FEEDBACK_MAIL, &is_allowed));
    TRY(mail_optout_get(tx, user_id, str_from_cstr(mail_kind_name(MAIL_KIND_FEEDBACK_ASKED)),
                        &is_out));
    TRY(last_of(tx, user_id, STR(""), &last));
    TRY(mail_suppression_get(tx, mail_suppressed_as(tx->cx->arena, customer->email), &suppression,
                             &is_suppressed));
    demand->not_before = feedback_rest_ends((struct instant){last == ROW_NONE ? 0 : last});
    bool rests = last != ROW_NONE && cx_now_ms(tx->cx) < demand->not_before.ms;
    *ret_outcome = !is_allowed || is_out      ? OUTCOME_FEEDBACK_NOT_ALLOWED
                   : rests                    ? OUTCOME_FEEDBACK_ASKED_LATELY
                   : customer->email.len == 0 ? OUTCOME_FEEDBACK_NO_ADDRESS
                   : is_suppressed            ? OUTCOME_FEEDBACK_ADDRESS_SUPPRESSED
                                              : OUTCOME_CREATED;
    return OK;
}

static struct err order_question(struct app *app, struct tx *tx,
                                 const struct feedback_question_row *row) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "askUrl", STR("/billing/feedback"));
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_FEEDBACK_ASKED,
        .dedupe_key = arena_printf(tx->cx->arena, "feedback_asked:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err run_demand(struct command *command, struct tx *tx) {
    struct feedback_demand *demand = (struct feedback_demand *)command;
    struct feedback_question_row *row = &demand->row;
    struct customer_row customer;
    bool is_found = false;
    TRY(privacy_customer_stands(tx, row->user_id, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(customer_get(tx, row->user_id, &customer, &is_found));
    TRY(may_demand(tx, demand, &customer, &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    row->id = id_new(tx->cx, FEEDBACK_QUESTION_KIND);
    row->cause = FEEDBACK_OF_DEMAND;
    row->asked_by = audit_actor_id(tx);
    row->occasion_at = row->asked_at = cx_now_ms(tx->cx);
    row->ended_at = ROW_NONE;
    TRY(feedback_questions_end(tx, row->user_id,
                               row->occasion_at)); /* this one takes their place */
    TRY(feedback_question_insert(tx, row));
    audit_say(tx, &(struct audit_said){.customer = row->user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row->id))});
    return order_question(command->app, tx, row);
}

void feedback_demand(struct app *app, struct feedback_demand *demand) {
    demand->command.run = run_demand;
    demand->command.after = NULL;
    command_submit(app, &demand->command);
}

/* --- reading --- */

struct err feedback_said_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                              struct row_list *ret_list) {
    return feedback_of_customer(tx, user_id, before, max, ret_list);
}
