#include "app/csp_report.h"

#include "core/csp_report.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct err keep(struct csp_reports_note *note, struct tx *tx, struct csp_report_row *row) {
    struct csp_report_row known;
    bool is_known = false;
    int64_t count = 0;
    TRY(csp_report_find(tx, row, &known, &is_known));
    TRY(csp_report_count(tx, &count));
    if (!is_known && count >= CSP_REPORTS_KEPT) {
        note->dropped++;
        return OK;
    }
    row->id = id_new(tx->cx, "cspr");
    row->first_at = cx_now_ms(tx->cx);
    row->last_at = row->first_at;
    return csp_report_put(tx, row);
}

static struct err run(struct command *command, struct tx *tx) {
    struct csp_reports_note *note = (struct csp_reports_note *)command;
    note->dropped = 0;
    for (size_t i = 0; i < note->count; i++) {
        TRY(keep(note, tx, &note->rows[i]));
    }
    command->outcome = OUTCOME_DONE;
    return OK;
}

void csp_reports_note(struct app *app, struct csp_reports_note *note) {
    note->command.run = run;
    note->command.after = NULL;
    command_submit_with(app, &note->command, COMMAND_TOTALS_OLDEST, STR(""));
}

struct err csp_reports_read(struct tx *tx, struct str before, size_t max,
                            struct row_list *ret_list) {
    return csp_report_page(tx, before, max, ret_list);
}

struct err csp_reports_summary(struct tx *tx, struct csp_summary *ret_summary) {
    struct row_list list;
    int64_t since = cx_now_ms(tx->cx) - CSP_REPORT_DAYS * DAY_MS;
    *ret_summary = (struct csp_summary){.kept = 0};
    TRY(csp_report_count(tx, &ret_summary->kept));
    TRY(csp_report_since(tx, since, CSP_REPORTS_KEPT, &list));
    const struct csp_report_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        bool is_script = csp_directive_is_of_scripts(rows[i].directive);
        ret_summary->recent++;
        ret_summary->recent_scripts += is_script ? 1 : 0;
        if (is_script && ret_summary->recent_scripts == 1) {
            ret_summary->last = rows[i];
        }
    }
    return OK;
}
