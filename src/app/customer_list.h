/* Customers as operators look for them, with how they stand. */
#ifndef APP_CUSTOMER_LIST_H
#define APP_CUSTOMER_LIST_H

#include "app/app.h"
#include "core/standing.h"
#include "store/customer_list.h"

enum {
    CUSTOMERS_WALKED = 1000,  /* looked at for one page that is filtered, so that none takes long */
    CUSTOMER_SEARCH_MAX = 320 /* bytes of what is looked for: an address of mail */
};

struct customer_search {
    struct str text;    /* the begin of an id, a member's address, or an invoice's number; empty:
                           all, the newest first */
    int tier, status;   /* -1: any */
    struct str country; /* empty: any */
    struct str owner;   /* of the operator who looks after them, the id; empty: any */
    struct str cursor;  /* the customer whom the page before ended with; empty: the first page */
    size_t max;         /* of a page, 1..LIMIT_PAGE */
};

struct customers_page {
    struct row_list rows;   /* struct customer_line */
    struct str next;        /* the next page's cursor; empty: this is the last one */
    bool is_cursor_unknown; /* no such customer is there any more; nothing else is set */
};
/* On the loop's thread. By id where something is looked for, or whom somebody looks after. A page
 * that is filtered may be short, or empty, and still have a next one. */
MUST_USE struct err customers_search(struct app *app, struct tx *tx,
                                     const struct customer_search *search,
                                     struct customers_page *ret_page);

/* Sets line->owner_name: empty where nobody looks after them, or whoever does is here no more. */
MUST_USE struct err customer_name_owner(struct tx *tx, struct customer_line *line);

/* What stands beside a row. */
struct customer_standing {
    struct money monthly;
    bool is_priced; /* false: the plan's version is not known any more */
    enum subscription_status status;
    enum access access;
    enum health health;
    /* Of the limit that the most is used of. */
    bool has_usage; /* false: nothing is limited */
    int usage_percent;
    enum metric usage_metric;
};
struct customer_standing customer_standing(const struct app *app, const struct customer_line *line,
                                           struct instant now);

#endif
