/* What rules, as asked for, and their percents have in common (usage_alert_words.c). */
#ifndef API_USAGE_ALERT_WORDS_H
#define API_USAGE_ALERT_WORDS_H

#include "app/usage_alert.h"
#include "base/mailbox.h"
#include "base/shape.h"

extern const char *const usage_alert_basis_names[];
extern const char *const usage_alert_action_names[]; /* notify, block */

/* As a body or a query says it. */
struct usage_alert_asked {
    int metric;                   /* -1: none was given */
    int basis;                    /* enum usage_alert_basis */
    int64_t amount;               /* ROW_NONE: none was given */
    struct shape_list thresholds; /* int64_t */
    bool blocks;
};
/* All but the recipients; what does not go together is added to the errors. */
void usage_alert_read_facts(const struct usage_alert_asked *asked, struct shape_errors *errors,
                            struct arena *arena, struct usage_alert_facts *ret_facts);

/* Those whose bit is set, as a list of int64_t. */
struct shape_list usage_alert_percents(struct arena *arena,
                                       const struct usage_alert_thresholds *thresholds,
                                       unsigned which);
/* Rounded down; 0 without a base. */
int64_t usage_alert_percent_of(const struct usage_alert_level *level);

#endif
