/* To what of the roadmap a theme of feedback leads, as operators say it. */
#ifndef APP_FEEDBACK_ROADMAP_H
#define APP_FEEDBACK_ROADMAP_H

#include "app/app.h"
#include "core/feedback.h"
#include "store/feedback.h"

enum { ROADMAP_TITLE_MAX = 200, ROADMAP_URL_MAX = 500, ROADMAP_LINKS_MAX = 500 };

/* DONE; FEEDBACK_NOT_HEARD. */
struct roadmap_set {
    struct command command;
    struct roadmap_link_row row; /* theme, title, url, status; the rest is set */
};
void roadmap_set(struct app *app, struct roadmap_set *set);

/* DONE; FEEDBACK_NOT_LINKED. */
struct roadmap_unset {
    struct command command;
    struct str theme;
};
void roadmap_unset(struct app *app, struct roadmap_unset *unset);

/* All of them, by theme; struct roadmap_link_row. */
MUST_USE struct err roadmap_links_read(struct tx *tx, struct row_list *ret_list);

#endif
