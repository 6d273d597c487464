#include "app/saved_view.h"

#include "app/audit.h"

static struct str facts(struct tx *tx, const struct saved_view_row *row) {
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("query", row->query),
                       AUDIT_TEXT("shared", row->is_shared ? STR("true") : STR("false")));
}

/* Whether whose it is keeps another one of this name already. */
static struct err find_namesake(struct tx *tx, const struct saved_view_row *row, bool *ret_found) {
    struct saved_view_row other;
    const struct saved_view_of of = {row->person_id, row->list};
    TRY(saved_view_named(tx, &of, row->name, &other, ret_found));
    *ret_found = *ret_found && !str_equal(id_str(&other.id), id_str(&row->id));
    return OK;
}

static struct err create(struct saved_view_keep *keep, struct tx *tx) {
    struct saved_view_row *row = &keep->row;
    struct row_list own;
    bool is_taken = false;
    row->id = id_new(tx->cx, SAVED_VIEW_KIND);
    row->person_id = keep->person_id;
    row->created_at = row->updated_at = cx_now_ms(tx->cx);
    keep->is_own = true;
    TRY(find_namesake(tx, row, &is_taken));
    TRY(saved_view_own(tx, row->person_id, row->list, SAVED_VIEWS_MAX, &own));
    keep->command.outcome = is_taken                       ? OUTCOME_SAVED_VIEW_NAME_TAKEN
                            : own.count >= SAVED_VIEWS_MAX ? OUTCOME_SAVED_VIEWS_TOO_MANY
                                                           : OUTCOME_CREATED;
    if (keep->command.outcome != OUTCOME_CREATED) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row->id)),
                                       .after = facts(tx, row)});
    return saved_view_insert(tx, row);
}

static struct err drop(const struct saved_view_keep *keep, struct tx *tx,
                       const struct saved_view_row *before) {
    audit_say(tx, &(struct audit_said){.object = keep->id, .before = facts(tx, before)});
    return saved_view_delete(tx, keep->id);
}

static struct err change(struct saved_view_keep *keep, struct tx *tx,
                         const struct saved_view_row *before) {
    struct saved_view_row after = *before;
    bool is_taken = false;
    after.name = keep->row.name;
    after.query = keep->row.query;
    after.is_shared = keep->row.is_shared;
    after.updated_at = cx_now_ms(tx->cx);
    TRY(find_namesake(tx, &after, &is_taken));
    if (is_taken) {
        keep->command.outcome = OUTCOME_SAVED_VIEW_NAME_TAKEN;
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .object = keep->id, .before = facts(tx, before), .after = facts(tx, &after)});
    keep->row.id = after.id;
    keep->row.created_at = after.created_at;
    keep->row.updated_at = after.updated_at;
    keep->is_own = str_equal(after.person_id, keep->person_id);
    return saved_view_update(tx, &after);
}

static struct err run_keep(struct command *command, struct tx *tx) {
    struct saved_view_keep *keep = (struct saved_view_keep *)command;
    struct saved_view_row before;
    bool is_found = false;
    if (keep->act == SAVED_VIEW_CREATE) {
        return create(keep, tx);
    }
    TRY(saved_view_get(tx, keep->id, &before, &is_found));
    bool is_own = is_found && str_equal(before.person_id, keep->person_id);
    bool is_seen = is_own || (is_found && before.is_shared);
    command->outcome = !is_seen                   ? OUTCOME_SAVED_VIEW_NOT_FOUND
                       : is_own || keep->is_admin ? OUTCOME_DONE
                                                  : OUTCOME_SAVED_VIEW_NOT_YOURS;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    return keep->act == SAVED_VIEW_DROP ? drop(keep, tx, &before) : change(keep, tx, &before);
}

void saved_view_keep(struct app *app, struct saved_view_keep *keep) {
    keep->command.run = run_keep;
    keep->command.after = NULL;
    command_submit(app, &keep->command);
}
