#include "app/ingestion.h"

#include "app/audit.h"
#include "base/rfc3339.h"
#include "store/setting.h"

static const char reason_setting[] = "ingestion_paused_reason";
static const char since_setting[] = "ingestion_paused_since";

struct err ingestion_read(struct tx *tx, struct ingestion *ret_ingestion) {
    struct ingestion ingestion = {.since = 0};
    struct str since;
    TRY(setting_get(tx, reason_setting, &ingestion.reason));
    TRY(setting_get(tx, since_setting, &since));
    ingestion.is_paused = ingestion.reason.len > 0 && rfc3339_parse(since, &ingestion.since);
    *ret_ingestion = ingestion;
    return OK;
}

struct err ingestion_load(struct app *app, struct tx *tx) {
    struct ingestion ingestion;
    TRY(ingestion_read(tx, &ingestion));
    app->is_ingestion_paused = ingestion.is_paused;
    app->ingestion_paused_at = (struct instant){ingestion.since};
    return OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct ingestion_switch *change = (struct ingestion_switch *)command;
    struct ingestion now;
    char since[RFC3339_SIZE];
    TRY(ingestion_read(tx, &now));
    if (now.is_paused == change->pauses) {
        command->outcome =
            change->pauses ? OUTCOME_INGESTION_PAUSED_ALREADY : OUTCOME_INGESTION_RUNS;
        return OK;
    }
    rfc3339_format(cx_now_ms(tx->cx), since);
    audit_say(tx, &(struct audit_said){.object = STR("ingestion"), .reason = change->reason});
    TRY(setting_put(tx, since_setting, change->pauses ? str_from_cstr(since) : STR("")));
    return setting_put(tx, reason_setting, change->pauses ? change->reason : STR(""));
}

static void switched(struct command *command) {
    struct ingestion_switch *change = (struct ingestion_switch *)command;
    struct app *app = command->app;
    if (command->outcome == OUTCOME_DONE) {
        app->is_ingestion_paused = change->pauses;
        app->ingestion_paused_at = app_now(app);
    }
    change->finished(change);
}

void ingestion_switch(struct app *app, struct ingestion_switch *change) {
    change->command.run = run;
    change->command.after = NULL;
    change->command.done = switched;
    command_submit(app, &change->command);
}
