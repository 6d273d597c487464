#include "app/evidence.h"

#include "app/audit.h"
#include "app/progress.h"
#include "core/calendar.h"

enum { EXPIRED_AT_ONCE = 20 };

/* --- asking --- */

static struct evidence_pack_row new_row(struct tx *tx, const struct evidence_ask *ask) {
    const struct actor *actor = audit_actor(tx);
    enum actor_kind kind = actor == NULL ? ACTOR_SYSTEM : actor->kind;
    return (struct evidence_pack_row){
        .id = id_new(tx->cx, "evpk"),
        .from_at = ask->from,
        .to_at = ask->to,
        .status = STR("running"),
        .requested_by = audit_actor_id(tx),
        .requester_kind = str_from_cstr(actor_kind_name(kind)),
        .requested_at = cx_now_ms(tx->cx),
        .finished_at = ROW_NONE,
        .expires_at = ROW_NONE,
        .sha256 = STR(""),
    };
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct evidence_ask *ask = (struct evidence_ask *)command;
    struct evidence_pack_row row = new_row(tx, ask);
    struct evidence_pack_row like;
    int64_t kept = 0;
    bool is_there = false;
    TRY(evidence_pack_like(tx, &row, &like, &is_there));
    if (is_there) {
        ask->id = like.id;
        return OK;
    }
    TRY(evidence_pack_count(tx, &kept));
    if (kept >= EVIDENCE_KEPT_MAX) {
        command->outcome = OUTCOME_EVIDENCE_TOO_MANY;
        return OK;
    }
    ask->id = row.id;
    command->outcome = OUTCOME_CREATED;
    audit_say(tx, &(struct audit_said){.object = id_str(&ask->id)});
    return evidence_pack_insert(tx, &row);
}

void evidence_ask(struct app *app, struct evidence_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- giving up --- */

/* Whoever makes it hears of it with the next piece, and what was kept goes in turns. */
static struct err run_cancel(struct command *command, struct tx *tx) {
    const struct command_of *cancel = (const struct command_of *)command;
    struct evidence_pack_row row;
    bool is_found = false;
    TRY(evidence_pack_get(tx, cancel->id, &row, &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_EVIDENCE_NOT_FOUND;
    if (!is_found || !str_equal(row.status, STR("running"))) {
        return OK;
    }
    row.status = STR("cancelled");
    row.finished_at = cx_now_ms(tx->cx);
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, cancel->id)});
    return evidence_pack_set(tx, &row);
}

void evidence_cancel(struct app *app, struct command_of *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

bool evidence_progress(const struct app *app, struct str id, int64_t *ret_percent,
                       struct instant *ret_done_at) {
    const struct progress *making = app->evidence == NULL ? NULL : app->evidence->making;
    return making != NULL && progress_of(making, app, id, ret_percent, ret_done_at);
}

/* --- keeping --- */

static struct err finish(struct tx *tx, const struct parcel_keep *keep,
                         struct evidence_pack_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    row->status = keep->has_failed ? STR("failed") : STR("ready");
    row->finished_at = now.ms;
    row->size = keep->size;
    row->sha256 = keep->has_failed ? STR("") : str_of(keep->sha256, SHA256_HEX);
    row->expires_at =
        keep->has_failed ? ROW_NONE : instant_add(now, duration_days(EVIDENCE_DAYS)).ms;
    return evidence_pack_set(tx, row);
}

static struct err run_keep(struct command *command, struct tx *tx) {
    struct parcel_keep *keep = (struct parcel_keep *)command;
    struct evidence_pack_row row;
    bool is_found = false;
    TRY(evidence_pack_get(tx, keep->id, &row, &is_found));
    if (!is_found || !str_equal(row.status, STR("running"))) {
        command->outcome = OUTCOME_EVIDENCE_NOT_FOUND;
        return OK;
    }
    if (!keep->has_failed) { /* what an earlier run has left is overwritten */
        TRY(evidence_piece_put(tx,
                               &(struct evidence_piece_row){keep->id, keep->number, keep->body}));
    }
    return keep->is_last || keep->has_failed ? finish(tx, keep, &row) : OK;
}

void evidence_keep(struct app *app, struct parcel_keep *keep) {
    keep->command.run = run_keep;
    keep->command.after = NULL;
    command_submit(app, &keep->command);
}

/* --- having it --- */

struct err evidence_read(struct tx *tx, struct str id, struct evidence_pack_row *ret_row,
                         bool *ret_found) {
    return evidence_pack_get(tx, id, ret_row, ret_found);
}

struct err evidence_list(struct tx *tx, struct str before, struct str status, size_t max,
                         struct row_list *ret_list) {
    return evidence_pack_page(tx, before, status, max, ret_list);
}

struct err evidence_piece(struct tx *tx, struct str id, int64_t number, struct str *ret_body,
                          bool *ret_found) {
    struct evidence_piece_row piece = {.number = number};
    TRY(evidence_piece_get(tx, id, number, &piece, ret_found));
    *ret_body = *ret_found ? piece.body : STR("");
    return OK;
}

struct err evidence_expire(struct tx *tx) {
    struct row_list list;
    TRY(evidence_pack_old(tx, cx_now_ms(tx->cx), EXPIRED_AT_ONCE, &list));
    struct evidence_pack_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        rows[i].status = STR("expired");
        TRY(evidence_pack_set(tx, &rows[i]));
    }
    return OK;
}

struct err evidence_note_start(struct tx *tx, const struct evidence_program *program,
                               struct str configuration) {
    const struct program_start_row row = {
        .id = id_new(tx->cx, "strt"),
        .at = cx_now_ms(tx->cx),
        .version = program->version,
        .build = program->build,
        .configuration = configuration,
    };
    return program_start_insert(tx, &row);
}
