/* What feedback comes to: scores, themes weighted by revenue, and why plans were cancelled. */
#ifndef APP_FEEDBACK_REPORT_H
#define APP_FEEDBACK_REPORT_H

#include "app/app.h"
#include "core/feedback.h"
#include "store/feedback.h"

enum feedback_part { /* what scores are told apart by */
                     FEEDBACK_BY_ALL,
                     FEEDBACK_BY_PLAN,
                     FEEDBACK_BY_MONTH,
                     FEEDBACK_BY_CAUSE,
                     FEEDBACK_BY_BAND,
                     FEEDBACK_PART_COUNT,
};
const char *feedback_part_name(enum feedback_part part); /* "plan" */

enum {
    FEEDBACK_PARTS_MAX = 120, /* ten years of months */
    FEEDBACK_THEMES_SHOWN = 200,
    FEEDBACK_REASONS_SHOWN = 1000,
};

struct feedback_score {
    struct str part; /* "starter", "2026-03", "upgrade", "50_199", "all" */
    struct nps_counts counts;
    struct nps nps;
};
/* Items are struct feedback_score, the last part by its word first; none where nobody answered. */
MUST_USE struct err feedback_scores_read(struct tx *tx, enum feedback_part by,
                                         const struct feedback_span *span,
                                         struct row_list *ret_list);
/* Items are struct feedback_theme_sum, the heaviest first. */
MUST_USE struct err feedback_themes_read(struct tx *tx, const struct feedback_span *span,
                                         struct row_list *ret_list);
/* Items are struct feedback_reason_sum, the last month first, and in it what cost most. */
MUST_USE struct err feedback_reasons_read(struct tx *tx, const struct feedback_span *span,
                                          struct row_list *ret_list);

#endif
