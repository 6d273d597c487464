/* Choices of lists that operators keep under a name. One's own are seen by oneself; shared ones by
 * all who operate, and changed by whose they are, or an admin. The query was checked before
 * (api/saved_views.c): it holds nothing personal. */
#ifndef APP_SAVED_VIEW_H
#define APP_SAVED_VIEW_H

#include "app/app.h"
#include "store/saved_view.h"

enum { SAVED_VIEWS_MAX = 50, SAVED_VIEW_NAME_MAX = 80, SAVED_VIEW_QUERY_MAX = 300 };

enum saved_view_act { SAVED_VIEW_CREATE, SAVED_VIEW_CHANGE, SAVED_VIEW_DROP };

/* CREATED, DONE; SAVED_VIEW_NOT_FOUND (another's that is not shared, too), SAVED_VIEW_NOT_YOURS,
 * SAVED_VIEW_NAME_TAKEN, SAVED_VIEWS_TOO_MANY. */
struct saved_view_keep {
    struct command command;
    enum saved_view_act act;
    struct str person_id; /* who asks; empty: a machine */
    bool is_admin;
    struct str id;             /* which; of CREATE empty */
    struct saved_view_row row; /* in: list, name, query, is_shared; out: id and instants, too */
    bool is_own;               /* out: of who asks */
};
void saved_view_keep(struct app *app, struct saved_view_keep *keep);

#endif
