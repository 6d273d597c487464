/* What is written down of an experiment before it starts, as JSON: as operators write it, as it is
 * kept and hashed, in canonical form (RFC 8785). */
#ifndef APP_EXPERIMENT_SHAPE_H
#define APP_EXPERIMENT_SHAPE_H

#include "base/attr.h"
#include "base/cx.h"
#include "base/shape.h"
#include "core/experiment.h"

/* The JSON's own struct. */
struct experiment_plan_entry {
    struct experiment_plan plan; /* all but its arms */
    struct shape_list arms;      /* of struct experiment_arm */
};
extern const struct shape experiment_plan_shape;

/* The arms that are too many are cut off; experiment_check() counts them. */
struct experiment_plan experiment_plan_of(const struct experiment_plan_entry *entry);
/* The inverse; its lists point into the plan. */
struct experiment_plan_entry experiment_plan_entry_of(struct experiment_plan *plan);

/* The canonical text, in the arena. */
struct str experiment_plan_text(struct cx *cx, struct experiment_plan *plan);
/* Reads such a text. ERR_CORRUPT, with a sentence in cx->detail, when it is none of ours. */
MUST_USE struct err experiment_plan_read(struct cx *cx, struct str text,
                                         struct experiment_plan *ret_plan);

#endif
