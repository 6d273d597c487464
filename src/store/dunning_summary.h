/* How dunning has gone, in figures. */
#ifndef STORE_DUNNING_SUMMARY_H
#define STORE_DUNNING_SUMMARY_H

#include "store/row.h"

enum dunning_figures_kind {
    DUNNING_BY_STATUS,  /* `word` is a status */
    DUNNING_BY_ATTEMPT, /* `number` from 1, `word` how it ended */
    DUNNING_BY_DECLINE, /* `word` is the provider's code; may be empty */
    DUNNING_AT_RISK,    /* `number` is the least age in days; the first instant is now */
    DUNNING_FIGURES_COUNT
};
struct dunning_figure_row {
    struct str word;
    int64_t number;
    struct str currency; /* empty: no amount */
    int64_t count, amount;
};
enum { DUNNING_FIGURES_MAX = 200 };
/* Of the cases that were opened from the one instant on and before the other. */
MUST_USE struct err dunning_figures(struct tx *tx, enum dunning_figures_kind kind, int64_t from,
                                    int64_t to, struct row_list *ret_list);

struct dunning_past_row {
    struct str status; /* of the case */
    int64_t opened_at;
    int64_t closed_at; /* or ROW_NONE */
    struct str currency;
    int64_t amount;
    int64_t last_failed_at; /* or ROW_NONE */
    struct str paid_by;     /* whose attempt it was; empty: none of ours succeeded */
};
MUST_USE struct err dunning_past_cases(struct tx *tx, int64_t from, int64_t to, size_t max,
                                       struct row_list *ret_list);

#endif
