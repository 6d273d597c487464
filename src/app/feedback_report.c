#include "app/feedback_report.h"

#include "base/check.h"

const char *feedback_part_name(enum feedback_part part) {
    static const char *const names[FEEDBACK_PART_COUNT] = {"all", "plan", "month", "cause", "band"};
    check((unsigned)part < FEEDBACK_PART_COUNT);
    return names[part];
}

struct err feedback_scores_read(struct tx *tx, enum feedback_part by,
                                const struct feedback_span *span, struct row_list *ret_list) {
    struct row_list list;
    TRY(feedback_scores(tx, str_from_cstr(feedback_part_name(by)), span, FEEDBACK_PARTS_MAX,
                        &list));
    const struct feedback_score_sum *sums = list.items;
    struct feedback_score *scores = arena_array(tx->cx->arena, list.count, sizeof *scores);
    if (scores == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        scores[i].part = sums[i].part;
        scores[i].counts =
            (struct nps_counts){sums[i].promoters, sums[i].passives, sums[i].detractors};
        scores[i].nps = nps_of(&scores[i].counts);
    }
    *ret_list = (struct row_list){scores, list.count};
    return OK;
}

struct err feedback_themes_read(struct tx *tx, const struct feedback_span *span,
                                struct row_list *ret_list) {
    return feedback_theme_sums(tx, span, FEEDBACK_THEMES_SHOWN, ret_list);
}

struct err feedback_reasons_read(struct tx *tx, const struct feedback_span *span,
                                 struct row_list *ret_list) {
    return feedback_reason_sums(tx, span, FEEDBACK_REASONS_SHOWN, ret_list);
}
