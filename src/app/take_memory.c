/* Takes with an id.
 *
 * A take's own record in the journal carries what was answered (take_facts.h), and the journal's
 * identities find it again: a take with an id costs what any durable event does, and is remembered
 * as long. One that counted nothing has a record too, of a kind that no total knows.
 *
 * A row in `takes` is made for what changes afterwards: how much was given back. Its `answer` is
 * empty. A row with an answer is of a release that remembered every take so; while there are any,
 * whoever is not in the journal is looked for among them. */
#include "app/take_memory.h"

#include "app/take_facts.h"
#include "gate/journal.h"
#include "store/usage.h"
#include "store/usage_journal.h"

/* --- what was --- */

/* As the journal has it. */
struct take_record {
    struct usage_record record;
    struct str facts;
};

static struct err recall_record(const struct app *app, struct tx *tx,
                                const struct usage_identity *identity,
                                struct take_record *ret_record, bool *ret_found) {
    for (;;) {
        struct journal_found found =
            journal_recall(app->journal, identity, &ret_record->record, &ret_record->facts);
        if (found.answer != JOURNAL_ASK) {
            *ret_found = found.answer == JOURNAL_DUPLICATE;
            return OK;
        }
        struct str blob;
        TRY(journal_get(tx, (int64_t)found.batch, &blob));
        TRY(journal_offer_batch(app->journal, found.batch, blob));
    }
}

static struct err memory_of_record(struct tx *tx, const struct take_record *found,
                                   struct take_memory *ret_memory) {
    struct take_facts facts;
    TRY(take_facts_read(found->facts, &facts));
    facts.answer.as_of = found->record.time.ms;
    *ret_memory = (struct take_memory){
        .metric = found->record.metric,
        .asked = facts.asked,
        .taken = quantity_of(found->record.value),
        .at = found->record.time,
        .answer = take_answer_text(&facts.answer, tx->cx->arena),
    };
    return OK;
}

static struct err recall_row(struct tx *tx, const struct take_request *request,
                             struct take_memory *ret_memory, bool *ret_found) {
    struct take_row row;
    TRY(take_get(tx, request->user_id, request->id, &row, ret_found));
    *ret_found = *ret_found && row.answer.len > 0;
    if (*ret_found) {
        /* Rows did not say whether they were denied: all of a denied one counts as given back. */
        *ret_memory = (struct take_memory){
            .metric = (enum metric)row.metric,
            .asked = quantity_of(row.amount),
            .taken = quantity_of(row.amount),
            .at = {row.created_at},
            .answer = row.answer,
            .is_row = true,
        };
    }
    return OK;
}

struct err take_recall(const struct app *app, struct tx *tx, const struct take_request *request,
                       struct take_memory *ret_memory, bool *ret_found) {
    struct usage_identity identity = {request->user_id, TAKE_SOURCE, request->id};
    struct take_record found;
    TRY(recall_record(app, tx, &identity, &found, ret_found));
    if (*ret_found) {
        return memory_of_record(tx, &found, ret_memory);
    }
    return app->has_take_rows ? recall_row(tx, request, ret_memory, ret_found) : OK;
}

/* --- what is given back --- */

struct err take_give_back(struct tx *tx, const struct take_request *request,
                          const struct take_memory *memory, bool *ret_noted) {
    struct take_row row = {
        .user_id = request->user_id,
        .id = request->id,
        .metric = (int)memory->metric,
        .amount = memory->taken.amount,
        .released = request->amount.amount,
        .answer = memory->is_row ? memory->answer : STR(""),
        .created_at = memory->at.ms,
    };
    *ret_noted = false;
    if (row.released > row.amount) {
        return OK;
    }
    struct err err = take_put(tx, &row);
    if (err.code == ERR_CONFLICT) {
        return OK;
    }
    *ret_noted = !err_failed(err);
    return err;
}

/* --- what is --- */

/* Those without an id are never asked for. */
static struct str facts_of(const struct take_command *take, char *bytes) {
    if (take->request.id.len == 0) {
        return STR("");
    }
    struct take_facts facts = {take->request.amount, take->answer};
    return str_of(bytes, take_facts_code(&facts, bytes));
}

struct err take_remember(struct take_command *take, struct tx *tx) {
    const struct take_request *request = &take->request;
    char facts[RECORD_FACTS_MAX]; /* until the journal has copied them */
    struct counted_use use = {
        .record =
            {
                .identity = {request->user_id, TAKE_SOURCE, request->id},
                .metric = request->metric,
                .kind = take->is_counted ? USAGE_TAKE : USAGE_NOTHING,
                .value = take->is_counted ? request->amount.amount : 0,
                .time = take->at,
            },
        .period_start = take->verdict.period.start,
        .facts = facts_of(take, facts),
    };
    return take_count(take->command.app, tx, &use, 1);
}
