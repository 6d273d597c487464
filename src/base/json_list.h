/* The items of a list, one at a time: who reads a long text may do something else in between. What
 * is wrong with the text is said as json_read says it of the whole, with the place in the whole; of
 * several mistakes, the first. */
#ifndef BASE_JSON_LIST_H
#define BASE_JSON_LIST_H

#include "base/json.h"
#include "base/json_place.h"

enum json_list_at {
    JSON_LIST_FIRST, /* an item, or the end */
    JSON_LIST_COMMA, /* or the end */
    JSON_LIST_ITEM,
    JSON_LIST_END, /* of the text */
};

struct json_list {
    struct str rest; /* what is not read yet */
    struct json_place place;
    enum json_list_at at;
};

enum json_listed { JSON_LISTED_ITEM, JSON_LISTED_ALL, JSON_LISTED_WRONG };

/* json_read, or another that takes what it takes and more. */
typedef json_t *json_reader(struct str text, struct json_problem *ret_problem);

/* `text` begins with blanks or the opening bracket, and must stay. */
void json_list_begin(struct json_list *list, struct str text);
/* The next item, which is the caller's to release; else *ret_item is NULL, and *ret_problem is set
 * when something is wrong. */
MUST_USE enum json_listed json_list_next(struct json_list *list, json_reader *read,
                                         json_t **ret_item, struct json_problem *ret_problem);

#endif
