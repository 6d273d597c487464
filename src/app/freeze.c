#include "app/freeze.h"

#include "app/billing_event.h"
#include "base/rfc3339.h"
#include "store/setting.h"

static const char frozen_reason[] = "frozen_reason";
static const char frozen_since[] = "frozen_since";
static const char incarnation_setting[] = "incarnation";

/* The installation's own line in the history: of no customer. */
#define OF_NOBODY STR("")

struct err freeze_read(struct tx *tx, struct freeze *ret_freeze) {
    struct freeze freeze = {.incarnation = 1};
    struct str since;
    struct str incarnation;
    TRY(setting_get(tx, frozen_reason, &freeze.reason));
    TRY(setting_get(tx, frozen_since, &since));
    TRY(setting_get(tx, incarnation_setting, &incarnation));
    freeze.is_frozen = freeze.reason.len > 0;
    if (freeze.is_frozen && !rfc3339_parse(since, &freeze.since)) {
        freeze.since = 0;
    }
    (void)!str_to_i64(incarnation, &freeze.incarnation); /* none yet: the first */
    *ret_freeze = freeze;
    return OK;
}

static struct err note(struct tx *tx, const char *type, struct str description) {
    const struct billing_note note = {.type = type, .description = description};
    return billing_event_note(tx, OF_NOBODY, &note);
}

struct err freeze_begin(struct tx *tx, struct str reason, int64_t incarnation_before) {
    struct freeze freeze;
    char now[RFC3339_SIZE];
    TRY(freeze_read(tx, &freeze));
    int64_t highest =
        freeze.incarnation > incarnation_before ? freeze.incarnation : incarnation_before;
    struct str next = arena_printf(tx->cx->arena, "%lld", (long long)highest + 1);
    rfc3339_format(cx_now_ms(tx->cx), now);
    TRY(setting_put(tx, frozen_reason, reason));
    TRY(setting_put(tx, frozen_since, str_from_cstr(now)));
    TRY(setting_put(tx, incarnation_setting, next));
    return note(tx, "charging.frozen", reason);
}

struct err freeze_end(struct tx *tx, struct str by) {
    TRY(setting_put(tx, frozen_reason, STR("")));
    return note(tx, "charging.released", by);
}

static struct err run(struct command *command, struct tx *tx) {
    struct freeze_lift *lift = (struct freeze_lift *)command;
    struct freeze freeze;
    TRY(freeze_read(tx, &freeze));
    if (!freeze.is_frozen) {
        command->outcome = OUTCOME_NOT_FROZEN;
        return OK;
    }
    return freeze_end(tx, lift->reason);
}

void freeze_lift(struct app *app, struct freeze_lift *lift) {
    lift->command.run = run;
    lift->command.after = NULL;
    command_submit(app, &lift->command);
}

struct err freeze_history(struct tx *tx, size_t max, struct row_list *ret_list) {
    return billing_events_read(tx, OF_NOBODY, STR(""), max, ret_list);
}
