/* What goes each night, and who is held; see retention.h. */
#include "app/retention.h"

#include "app/audit.h"
#include "app/export.h"
#include "app/invoice_archive.h"
#include "base/rfc3339.h"
#include "store/customer.h"

/* --- each night --- */

/* A file says itself until when it is kept. */
static int64_t before_of(struct app *app, struct tx *tx, enum retention_kind kind) {
    struct instant now = {cx_now_ms(tx->cx)};
    return kind == RETENTION_EXPORTS ? now.ms
                                     : retention_cutoff(&app->catalogue->retention, kind, now).ms;
}

static struct err expire_files(struct tx *tx, struct retention_swept *ret_swept) {
    struct retention_swept archives;
    TRY(export_expire(tx, ret_swept));
    TRY(invoice_archive_expire(tx, &archives));
    ret_swept->rows += archives.rows;
    ret_swept->has_more |= archives.has_more;
    return OK;
}

struct err retention_sweep_some(struct tx *tx, enum retention_kind kind, int64_t before,
                                int64_t max, struct retention_swept *ret_swept) {
    return kind == RETENTION_EXPORTS ? expire_files(tx, ret_swept)
                                     : retention_sweep(tx, kind, before, max, ret_swept);
}

/* Files end when they say, whatever the catalogue says. */
static bool is_swept(const struct retention_policy *policy, enum retention_kind kind) {
    return retention_info_of(kind)->how == RETENTION_SWEPT &&
           (policy->sweeps || kind == RETENTION_EXPORTS);
}

struct err retention_forget(struct app *app, struct tx *tx, bool *ret_has_more) {
    int64_t left = RETENTION_SWEPT_AT_ONCE;
    TRY(retention_holds_end(tx, cx_now_ms(tx->cx)));
    *ret_has_more = false;
    for (int i = 0; i < RETENTION_KIND_COUNT && left > 0 && !*ret_has_more; i++) {
        enum retention_kind kind = (enum retention_kind)i;
        struct retention_swept swept = {0};
        if (is_swept(&app->catalogue->retention, kind)) {
            TRY(retention_sweep_some(tx, kind, before_of(app, tx, kind), left, &swept));
        }
        left -= swept.rows;
        *ret_has_more = swept.has_more;
    }
    *ret_has_more = *ret_has_more || left <= 0;
    return OK;
}

struct err retention_due(struct app *app, struct tx *tx, enum retention_kind kind,
                         struct retention_count *ret_count) {
    return retention_count(tx, kind, before_of(app, tx, kind), ret_count);
}

/* --- holds --- */

struct err retention_held(struct tx *tx, struct str user_id, struct retention_hold_row *ret_row,
                          bool *ret_found) {
    TRY(retention_hold_of(tx, user_id, ret_row, ret_found));
    *ret_found = *ret_found && ret_row->until > cx_now_ms(tx->cx);
    return OK;
}

struct err retention_is_held(struct tx *tx, struct str user_id, bool *ret_is) {
    struct retention_hold_row row;
    return retention_held(tx, user_id, &row, ret_is);
}

struct err retention_holds_read(struct tx *tx, const struct retention_hold_filter *filter,
                                size_t max, struct row_list *ret_list) {
    return retention_hold_page(tx, filter, max, ret_list);
}

static struct err hold_outcome(struct tx *tx, const struct retention_hold_row *row,
                               enum outcome *ret_outcome) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct instant last = instant_add_months(now, RETENTION_HOLD_YEARS * 12);
    struct customer_row customer;
    bool is_known = false;
    bool is_held = false;
    TRY(customer_get(tx, row->user_id, &customer, &is_known));
    TRY(retention_is_held(tx, row->user_id, &is_held));
    *ret_outcome = !is_known                                      ? OUTCOME_CUSTOMER_NOT_FOUND
                   : is_held                                      ? OUTCOME_RETENTION_HELD
                   : row->until <= now.ms || row->until > last.ms ? OUTCOME_INVALID_HOLD
                                                                  : OUTCOME_CREATED;
    return OK;
}

static struct err run_hold(struct command *command, struct tx *tx) {
    struct retention_hold_row *row = &((struct retention_hold *)command)->row;
    char until[RFC3339_SIZE];
    TRY(hold_outcome(tx, row, &command->outcome));
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    TRY(retention_holds_end(tx, cx_now_ms(tx->cx))); /* one that ended today makes room */
    row->id = id_new(tx->cx, "hold");
    row->created_at = cx_now_ms(tx->cx);
    row->created_by = audit_actor_id(tx);
    row->lifted_at = ROW_NONE;
    row->lifted_by = STR("");
    rfc3339_format(row->until, until);
    audit_say(tx, &(struct audit_said){
                      .customer = row->user_id,
                      .object = id_str(&row->id),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("until", str_from_cstr(until)))});
    return retention_hold_insert(tx, row);
}

void retention_hold(struct app *app, struct retention_hold *hold) {
    hold->command.run = run_hold;
    hold->command.after = NULL;
    command_submit(app, &hold->command);
}

static struct err run_release(struct command *command, struct tx *tx) {
    struct str user_id = ((struct retention_release *)command)->user_id;
    struct retention_hold_row row;
    bool is_held = false;
    TRY(retention_hold_of(tx, user_id, &row, &is_held));
    command->outcome = is_held ? OUTCOME_DONE : OUTCOME_RETENTION_NOT_HELD;
    if (!is_held) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.customer = user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row.id))});
    return retention_hold_lift(tx, user_id, audit_actor_id(tx));
}

void retention_release(struct app *app, struct retention_release *release) {
    release->command.run = run_release;
    release->command.after = NULL;
    command_submit(app, &release->command);
}
