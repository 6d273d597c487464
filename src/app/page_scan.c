#include "app/page_scan.h"

#include "app/alert.h"
#include "base/rfc3339.h"
#include "store/setting.h"

#define REPORT "page_scan"
#define REPORT_AT "page_scan_at"

static struct err run(struct command *command, struct tx *tx) {
    const struct page_scan_keep *keep = (const struct page_scan_keep *)command;
    char at[RFC3339_SIZE];
    rfc3339_format(cx_now_ms(tx->cx), at);
    TRY(setting_put(tx, REPORT, keep->report));
    TRY(setting_put(tx, REPORT_AT, str_from_cstr(at)));
    command->outcome = OUTCOME_DONE;
    const struct alert_pages alert = {keep->url, keep->first, keep->count};
    return keep->count == 0 ? OK : alert_pages_changed(command->app, tx, &alert);
}

void page_scan_keep(struct app *app, struct page_scan_keep *keep) {
    keep->command.run = run;
    keep->command.after = NULL;
    command_submit_with(app, &keep->command, COMMAND_TOTALS_OLDEST, STR(""));
}

struct err page_scan_read(struct tx *tx, struct str *ret_report, struct instant *ret_at) {
    struct str at;
    TRY(setting_get(tx, REPORT, ret_report));
    TRY(setting_get(tx, REPORT_AT, &at));
    ret_at->ms = 0;
    return at.len == 0 || rfc3339_parse(at, &ret_at->ms) ? OK : ERR(ERR_FORMAT);
}

struct err page_scan_due_at(struct tx *tx, struct instant *ret_at) {
    struct str report;
    TRY(page_scan_read(tx, &report, ret_at));
    ret_at->ms += ret_at->ms == 0 ? 0 : PAGE_SCAN_DAYS * INT64_C(24) * 3600 * 1000;
    return OK;
}
