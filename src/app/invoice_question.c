#include "app/invoice_question.h"

#include "app/audit.h"
#include "app/feedback_answer.h"
#include "app/invoice_lines.h"
#include "app/mail.h"
#include "app/mail_send.h"
#include "app/mail_values.h"
#include "app/privacy.h"
#include "core/correction.h"
#include "core/invoice.h"
#include "store/correction.h"
#include "store/credit_note.h"
#include "store/customer.h"
#include "store/invoice.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static void keep(struct arena *arena, struct invoice_question_row *row) {
    struct str *texts[] = {&row->user_id, &row->invoice_id, &row->reference,   &row->person_id,
                           &row->words,   &row->answer,     &row->answered_by, &row->request_key};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = arena_str(arena, *texts[i]);
    }
}

/* --- asking --- */

static struct err find_line(struct tx *tx, const struct invoice_row *invoice, int64_t line,
                            bool *ret_has) {
    struct invoice_lines lines;
    TRY(invoice_lines_read(tx->cx->arena, invoice->lines, &lines));
    *ret_has = line == ROW_NONE || line <= (int64_t)lines.count;
    return OK;
}

/* What may stand in the way, in this order. */
static struct err judge(struct tx *tx, struct invoice_question_ask *ask,
                        enum outcome *ret_outcome) {
    const struct invoice_question_row *row = &ask->row;
    const struct invoice_question_of of = {row->user_id, row->invoice_id};
    struct invoice_question_sum unsettled = {.first_at = ROW_NONE};
    struct invoice_question_sum lately = {.first_at = ROW_NONE};
    struct invoice_row invoice;
    bool is_found = false;
    bool has_line = false;
    TRY(privacy_customer_stands(tx, row->user_id, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(invoice_get(tx, row->user_id, row->invoice_id, &invoice, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_INVOICE_NOT_FOUND;
        return OK;
    }
    TRY(find_line(tx, &invoice, row->line, &has_line));
    TRY(invoice_question_unsettled(tx, &of, &unsettled));
    TRY(invoice_question_since(tx, row->user_id, cx_now_ms(tx->cx) - DAY_MS, &lately));
    ask->not_before = (struct instant){lately.first_at + DAY_MS};
    *ret_outcome = invoice.status == INVOICE_DRAFT                ? OUTCOME_QUESTION_DRAFT
                   : !has_line                                    ? OUTCOME_LINE_NOT_FOUND
                   : unsettled.count >= INVOICE_QUESTION_OPEN_MAX ? OUTCOME_QUESTION_TOO_MANY
                   : lately.count >= INVOICE_QUESTION_A_DAY       ? OUTCOME_QUESTION_TOO_OFTEN
                                                                  : OUTCOME_CREATED;
    return OK;
}

static bool asks_the_same(const struct invoice_question_row *a,
                          const struct invoice_question_row *b) {
    return a->kind == b->kind && a->line == b->line && str_equal(a->words, b->words) &&
           str_equal(a->invoice_id, b->invoice_id);
}

/* What the same request asked before, as the answer to it. */
static struct err find_asked(struct tx *tx, struct invoice_question_ask *ask, bool *ret_was) {
    struct invoice_question_row row;
    *ret_was = false;
    if (ask->row.request_key.len == 0) {
        return OK;
    }
    TRY(invoice_question_by_key(tx, ask->row.user_id, ask->row.request_key, &row, ret_was));
    if (*ret_was) {
        bool is_same = asks_the_same(&row, &ask->row);
        ask->command.outcome = is_same ? OUTCOME_CREATED : OUTCOME_IDEMPOTENCY_MISMATCH;
        ask->row = row;
    }
    return OK;
}

static struct err ask_it(struct command *command, struct tx *tx) {
    struct invoice_question_ask *ask = (struct invoice_question_ask *)command;
    struct invoice_question_row *row = &ask->row;
    bool was_asked = false;
    TRY(find_asked(tx, ask, &was_asked));
    if (was_asked) {
        return OK;
    }
    TRY(judge(tx, ask, &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    row->id = id_new(tx->cx, INVOICE_QUESTION_ID_KIND);
    row->state = INVOICE_QUESTION_OPEN;
    row->settlement = -1;
    row->reference = row->answer = row->answered_by = STR("");
    row->answered_at = row->settled_at = ROW_NONE;
    row->created_at = cx_now_ms(tx->cx);
    TRY(invoice_question_insert(tx, row));
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row->id))});
    return OK;
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct invoice_question_ask *ask = (struct invoice_question_ask *)command;
    TRY(ask_it(command, tx));
    if (command->outcome == OUTCOME_CREATED) {
        keep(ask->arena, &ask->row);
    }
    return OK;
}

void invoice_question_ask(struct app *app, struct invoice_question_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- what operators do --- */

/* What others may read of it: no word of the customer's. */
static struct str facts(struct tx *tx, const struct invoice_question_row *row) {
    struct str state =
        str_from_cstr(invoice_question_state_name((enum invoice_question_state)row->state));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("state", state), AUDIT_TEXT("reference", row->reference));
}

static void say_changed(struct tx *tx, const struct invoice_question_row *row, struct str before) {
    audit_say(tx, &(struct audit_said){.customer = row->user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row->id)),
                                       .before = before,
                                       .after = facts(tx, row)});
}

/* The row, and where it goes; `ret_outcome` says why it may not. */
static struct err find(struct tx *tx, struct str id, enum invoice_question_event event,
                       struct invoice_question_row *ret_row, enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(invoice_question_get(tx, id, ret_row, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_QUESTION_NOT_FOUND;
        return OK;
    }
    bool is_legal =
        invoice_question_step((enum invoice_question_state)ret_row->state, event).is_legal;
    *ret_outcome = is_legal                                      ? OUTCOME_DONE
                   : ret_row->state == INVOICE_QUESTION_SETTLED  ? OUTCOME_QUESTION_IS_SETTLED
                   : ret_row->state == INVOICE_QUESTION_ANSWERED ? OUTCOME_QUESTION_IS_ANSWERED
                                                                 : OUTCOME_QUESTION_NOT_ANSWERED;
    return OK;
}

static struct err order_answer(struct app *app, struct tx *tx,
                               const struct invoice_question_row *row) {
    struct feedback_reader reader;
    struct mail_suppression_row suppression;
    struct invoice_row invoice;
    struct mail_values values;
    bool is_suppressed = false;
    bool is_found = false;
    TRY(feedback_reader_of(tx, row->user_id, row->person_id, &reader));
    TRY(mail_suppression_get(tx, mail_suppressed_as(tx->cx->arena, reader.address), &suppression,
                             &is_suppressed));
    TRY(invoice_get(tx, row->user_id, row->invoice_id, &invoice, &is_found));
    if (reader.address.len == 0 || is_suppressed || !is_found) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "number", invoice.number);
    mail_values_str(&values, "said", row->words);
    mail_values_str(&values, "answer", row->answer);
    mail_values_time(&values, "saidAt", row->created_at);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_INVOICE_ANSWER,
        .dedupe_key = arena_printf(tx->cx->arena, "invoice_answer:%s", row->id.text),
        .values = mail_values_end(&values),
        .address = reader.address,
        .name = reader.name,
        .language = reader.language,
    };
    return mail_order(app, tx, &order);
}

static struct err run_answer(struct command *command, struct tx *tx) {
    struct invoice_question_answer *answer = (struct invoice_question_answer *)command;
    struct invoice_question_row *row = &answer->row;
    TRY(find(tx, answer->id, INVOICE_QUESTION_ANSWER, row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = facts(tx, row);
    row->state = INVOICE_QUESTION_ANSWERED;
    row->answer = answer->text;
    row->answered_by = audit_actor_id(tx);
    row->answered_at = cx_now_ms(tx->cx);
    say_changed(tx, row, before);
    TRY(invoice_question_put(tx, row));
    TRY(order_answer(command->app, tx, row));
    keep(answer->arena, row);
    return OK;
}

void invoice_question_answer(struct app *app, struct invoice_question_answer *answer) {
    answer->command.run = run_answer;
    answer->command.after = NULL;
    command_submit(app, &answer->command);
}

/* What put it right: a correction that is done, else the newest credit note; empty when neither. */
static struct err find_reference(struct tx *tx, const struct invoice_question_row *row,
                                 struct str *ret_reference) {
    struct correction_row correction;
    struct row_list notes;
    bool is_found = false;
    *ret_reference = STR("");
    TRY(correction_from(tx, row->user_id, row->invoice_id, &correction, &is_found));
    if (is_found && correction.status == CORRECTION_DONE) {
        *ret_reference = arena_str(tx->cx->arena, id_str(&correction.id));
        return OK;
    }
    TRY(credit_note_list(tx, row->user_id, row->invoice_id, LIMIT_PAGE, &notes));
    if (notes.count > 0) {
        const struct credit_note_row *newest =
            &((const struct credit_note_row *)notes.items)[notes.count - 1];
        *ret_reference = arena_str(tx->cx->arena, id_str(&newest->id));
    }
    return OK;
}

static struct err run_settle(struct command *command, struct tx *tx) {
    struct invoice_question_settle *settle = (struct invoice_question_settle *)command;
    struct invoice_question_row *row = &settle->row;
    TRY(find(tx, settle->id, invoice_question_event_of(settle->settlement), row,
             &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = facts(tx, row);
    if (settle->settlement == INVOICE_QUESTION_CORRECTED) {
        TRY(find_reference(tx, row, &row->reference));
        if (row->reference.len == 0) {
            command->outcome = OUTCOME_QUESTION_NOT_CORRECTED;
            return OK;
        }
    }
    row->state = INVOICE_QUESTION_SETTLED;
    row->settlement = (int)settle->settlement;
    row->settled_at = cx_now_ms(tx->cx);
    say_changed(tx, row, before);
    TRY(invoice_question_put(tx, row));
    keep(settle->arena, row);
    return OK;
}

void invoice_question_settle(struct app *app, struct invoice_question_settle *settle) {
    settle->command.run = run_settle;
    settle->command.after = NULL;
    command_submit(app, &settle->command);
}

/* --- reading --- */

struct err invoice_questions_read(struct tx *tx, const struct invoice_question_of *of,
                                  struct str before, size_t max, struct row_list *ret_list) {
    return invoice_question_list(tx, of, before, max, ret_list);
}

struct err invoice_questions_search(struct tx *tx, const struct invoice_question_filter *filter,
                                    size_t max, struct row_list *ret_list) {
    return invoice_question_page(tx, filter, max, ret_list);
}

struct err invoice_questions_unsettled(struct tx *tx, const struct invoice_question_of *of,
                                       int64_t *ret_count) {
    struct invoice_question_sum sum;
    TRY(invoice_question_unsettled(tx, of, &sum));
    *ret_count = sum.count;
    return OK;
}
