/* How dunning has gone, and what another policy would have made of it; for operators. */
#ifndef APP_DUNNING_SUMMARY_H
#define APP_DUNNING_SUMMARY_H

#include "app/app.h"
#include "core/dunning_simulate.h"
#include "store/dunning_summary.h"

MUST_USE struct err dunning_figures_read(struct tx *tx, enum dunning_figures_kind kind,
                                         int64_t from, int64_t to, struct row_list *ret_list);
/* Of a hundred cases that have ended, how many were paid; -1: none has ended. `by_status`: items
 * are struct dunning_figure_row. */
int64_t dunning_recovery_percent(const struct row_list *by_status);

enum { DUNNING_SIMULATED_MAX = 5000, DUNNING_CURRENCIES_MAX = 16, DUNNING_SIMULATION_DAYS = 90 };

/* Cases that ended, or would have, in one way and currency. */
struct dunning_simulated {
    enum dunning_would would;
    struct str currency;
    int64_t was, was_amount, will, will_amount; /* as it was; as it would have been */
};
struct dunning_simulation {
    int64_t from, to;
    int64_t cases;
    bool is_cut; /* there were more: these are the newest */
    int64_t restricted_was, restricted_will;
    struct dunning_simulated rows[DUNNING_WOULD_COUNT * DUNNING_CURRENCIES_MAX];
    size_t row_count;
};
/* Over the cases that were opened in the last 90 days. `policy` is valid. */
MUST_USE struct err dunning_simulation_read(const struct app *app, struct tx *tx,
                                            const struct dunning_policy *policy,
                                            struct dunning_simulation *ret_simulation);

#endif
