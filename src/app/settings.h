/* How the program was set up when it started: each option of its command line, as its own table has
 * it, so that what is shown can say nothing else than what holds. Secrets are not among the values.
 */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "base/str.h"

enum { APP_SETTINGS_MAX = 40 };

struct app_setting {
    struct str name;     /* of the option, without dashes */
    struct str value;    /* that holds; of a secret, and where there is none, without bytes */
    struct str source;   /* "option", "environment", "default"; "none": nothing is set */
    struct str variable; /* of the environment; without bytes when none is asked */
    struct str fallback; /* that holds when nothing is set; without bytes */
    struct str doc;
    bool is_secret;
};

/* Lives as long as the app. */
struct app_settings {
    struct app_setting items[APP_SETTINGS_MAX];
    size_t count;
};

#endif
