/* Experiments, what was done with them, and who was shown what (core/experiment.h). */
#ifndef STORE_EXPERIMENT_H
#define STORE_EXPERIMENT_H

#include "core/experiment.h"
#include "store/row.h"

enum {
    EXPERIMENTS_SHOWING_MAX = 32,
    EXPERIMENT_LOG_MAX = 100,
    EXPERIMENT_SLICES_MAX = 50000,
    EXPERIMENT_OUTCOMES_MAX = 50000
};

struct experiment_row {
    struct record_id id;
    struct str name, title;
    int state; /* enum experiment_state */
    struct str salt, layer, layer_salt;
    struct str plan;       /* JSON in canonical form */
    struct str plan_hash;  /* hexadecimal; empty of a draft */
    int64_t monthly_units; /* that are expected to be exposed in a month; 0: nobody knows */
    struct str created_by;
    int64_t created_at, registered_at, started_at, paused_at, ended_at,
        decided_at; /* or ROW_NONE */
    struct str decided_arm;
};
MUST_USE struct err experiment_put(struct tx *tx, const struct experiment_row *row);
MUST_USE struct err experiment_get(struct tx *tx, struct str id, struct experiment_row *ret_row,
                                   bool *ret_found);
MUST_USE struct err experiment_by_name(struct tx *tx, struct str name,
                                       struct experiment_row *ret_row, bool *ret_found);
/* The newest first, before the id (empty: the newest). */
MUST_USE struct err experiment_page(struct tx *tx, struct str before, size_t max,
                                    struct row_list *ret_list);
/* Registered, running or paused. */
MUST_USE struct err experiments_showing(struct tx *tx, struct row_list *ret_list);
/* Empty: nothing is in that layer yet. */
MUST_USE struct err experiment_layer_salt(struct tx *tx, struct str layer, struct str *ret_salt);

struct experiment_log_row {
    struct str experiment_id;
    struct record_id id;
    struct str event, actor, reason;
    int64_t at;
};
MUST_USE struct err experiment_log_insert(struct tx *tx, const struct experiment_log_row *row);
/* The oldest first, at most EXPERIMENT_LOG_MAX. */
MUST_USE struct err experiment_log_list(struct tx *tx, struct str id, struct row_list *ret_list);

/* --- who was shown what --- */

struct experiment_unit_row {
    struct str experiment_id, unit_id;
    struct str user_id; /* empty: a visitor's */
    int64_t arm;
    struct str source, excluded, versions, page, country, device;
    int64_t exposed_at;
};
/* New, or with another account and reason to be excluded. */
MUST_USE struct err experiment_unit_put(struct tx *tx, const struct experiment_unit_row *row);
MUST_USE struct err experiment_unit_get(struct tx *tx, struct str experiment_id, struct str unit_id,
                                        struct experiment_unit_row *ret_row, bool *ret_found);
/* What is still given to an account, or to a visitor (whose account the row may be by now): of
 * experiments that have not ended by `since`, the first that they saw. */
MUST_USE struct err experiment_unit_of_customer(struct tx *tx, struct str user_id, int64_t since,
                                                struct experiment_unit_row *ret_row,
                                                bool *ret_found);
MUST_USE struct err experiment_unit_of_visitor(struct tx *tx, struct str visitor, int64_t since,
                                               struct experiment_unit_row *ret_row,
                                               bool *ret_found);
enum { EXPERIMENT_UNITS_OF_ONE = 32 };
/* The first first. */
MUST_USE struct err experiment_units_in(struct tx *tx, struct str user_id, struct str experiment_id,
                                        struct row_list *ret_list);
struct experiment_unit_filter {
    struct str experiment_id, after;
    struct str which;   /* "excluded", "counted"; empty: all */
    struct str user_id; /* of this account; empty: all */
};
MUST_USE struct err experiment_unit_page(struct tx *tx, const struct experiment_unit_filter *filter,
                                         size_t max, struct row_list *ret_list);
MUST_USE struct err experiment_units_forget(struct tx *tx, int64_t before, int64_t max);

struct experiment_override_row {
    struct str experiment_id, unit_id;
    int64_t arm;
    struct str set_by;
    int64_t set_at;
};
MUST_USE struct err experiment_override_put(struct tx *tx,
                                            const struct experiment_override_row *row);
MUST_USE struct err experiment_override_get(struct tx *tx, struct str experiment_id,
                                            struct str unit_id,
                                            struct experiment_override_row *ret_row,
                                            bool *ret_found);

/* --- figures --- */

struct experiment_count {
    int64_t arm, count;
};
/* Units that were shown something and are in no figure. */
MUST_USE struct err experiment_left_out(struct tx *tx, struct str id, struct row_list *ret_list);
/* How often units wrote to us; `since`: nothing earlier is looked at. */
MUST_USE struct err experiment_contacts(struct tx *tx, struct str id, int64_t since,
                                        struct row_list *ret_list);

enum experiment_slicing { EXPERIMENT_BY_DAY, EXPERIMENT_BY_COUNTRY, EXPERIMENT_BY_DEVICE };
struct experiment_slice {
    struct str of; /* days since 1970, a country, a kind of device */
    int64_t arm, count;
};
/* Units that count, in order of what they are sliced by (days: from the first) and of the arms. */
MUST_USE struct err experiment_slices(struct tx *tx, struct str id, enum experiment_slicing by,
                                      struct row_list *ret_list);

/* Units first exposed on a day, by what they had paid for at the end of their window; who had
 * nothing is in no row. */
struct experiment_outcome {
    int64_t day, arm;
    int tier, interval;
    int64_t version, count;
};
struct experiment_outcome_query {
    struct str id;
    int64_t window_ms;
    int64_t from, until; /* exposed in this time, the end not included */
};
/* In order of the days; at most EXPERIMENT_OUTCOMES_MAX. */
MUST_USE struct err experiment_outcomes(struct tx *tx, const struct experiment_outcome_query *query,
                                        struct row_list *ret_list);

struct experiment_guarded {
    int64_t arm;
    int64_t counts[EXPERIMENT_GUARDRAIL_COUNT]; /* units of which it is true */
};
/* All but the contacts; cancellations within `churn_ms` of exposure. */
MUST_USE struct err experiment_guarded(struct tx *tx, struct str id, int64_t churn_ms,
                                       struct row_list *ret_list);

#endif
