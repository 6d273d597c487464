/* A mail's values, each as the text that is shown: made once, of the row's JSON object, by the
 * schema of its kind. */
#ifndef MAIL_FACTS_H
#define MAIL_FACTS_H

#include "base/cx.h"
#include "core/catalogue.h"
#include "mail/template.h"

struct mail_facts {
    const struct mail_schema *schema;
    struct str shown[MAIL_VALUES_MAX]; /* not escaped */
    bool is_there[MAIL_VALUES_MAX];    /* of a flag: whether it is true */
};

/* What every mail may speak of: the first values of every schema (COMMON in tools/mailgen.py). */
struct mail_common {
    struct str product, name, billing_url, pricing_url;
};

struct mail_facts_source {
    const struct mail_schema *schema;
    enum language language;
    const struct catalogue *catalogue; /* for the names of plans */
    struct str base_url;               /* before addresses that begin with "/" */
    struct mail_common common;
    struct str values; /* a JSON object */
};

/* ERR_FORMAT, with a sentence that names the value, when one is missing, unknown or of another
 * type. Texts lie in the cx's arena. */
MUST_USE struct err mail_facts_read(struct cx *cx, const struct mail_facts_source *source,
                                    struct mail_facts *ret_facts);

#endif
