/* Lists: pages by cursor, newest first, as Stripe has them. */
#include "sandbox/call.h"

#include <string.h>

enum { PAGE_DEFAULT = 10 };

json_t *list_of(json_t *data, const char *url) {
    return json_pack("{s:s, s:o, s:b, s:s}", "object", "list", "data", data, "has_more", 0, "url",
                     url);
}

json_t *list_cut(struct call *call, json_t *all, const char *url) {
    json_t *limit = json_object_get(call->params, "limit");
    const char *after = param_text(call, "starting_after");
    size_t max = limit == NULL ? PAGE_DEFAULT : (size_t)json_integer_value(limit);
    size_t i = 0;
    while (after[0] != '\0' && i < json_array_size(all) &&
           !member_is(json_array_get(all, i++), "id", after)) {
    }
    json_t *data = json_array();
    for (; i < json_array_size(all) && json_array_size(data) < max; i++) {
        json_array_append(data, json_array_get(all, i));
    }
    json_t *answer = list_of(data, url);
    json_object_set_new(answer, "has_more", json_boolean(i < json_array_size(all)));
    return answer;
}

void copy_params(json_t *document, json_t *params, const char *const *names) {
    for (; *names != NULL; names++) {
        json_t *value = json_object_get(params, *names);
        if (value != NULL) {
            json_object_set(document, *names, value);
        }
    }
}

const char *param_text(const struct call *call, const char *name) {
    return member(call->params, name);
}

bool param_given(const struct call *call, const char *name) {
    return json_object_get(call->params, name) != NULL;
}

static bool is_page_param(const char *name) {
    static const char *const names[] = {"limit", "starting_after", "ending_before", "expand"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool in_range(json_t *range, int64_t value) {
    const char *name;
    json_t *bound;
    json_object_foreach(range, name, bound) {
        int64_t limit = json_integer_value(bound);
        bool is_in = name[0] == 'g' ? value > limit : value < limit;
        bool is_on = name[2] == 'e' && value == limit;
        if (!is_in && !is_on) {
            return false;
        }
    }
    return true;
}

bool list_matches(struct call *call, json_t *document) {
    const char *name;
    json_t *wanted;
    json_object_foreach(call->params, name, wanted) {
        json_t *value = json_object_get(document, name);
        if (is_page_param(name) || json_is_array(wanted)) {
            continue;
        }
        bool matches = json_is_object(wanted) ? in_range(wanted, json_integer_value(value))
                                              : value != NULL && json_equal(value, wanted);
        if (!matches) {
            return false;
        }
    }
    return true;
}

struct page {
    struct call *call;
    const struct list_query *query;
    json_t *data;
    size_t limit;
    int64_t newer_than; /* seq; 0 unless ending_before */
    bool has_more;
};

/* Whether to go on after a document. */
static bool page_add(struct page *page, json_t *json) {
    if (member_i64(json, "_seq") <= page->newer_than) {
        return false;
    }
    bool keeps = page->query->keeps == NULL ? list_matches(page->call, json)
                                            : page->query->keeps(page->call, json);
    if (!keeps) {
        return true;
    }
    bool is_full = json_array_size(page->data) == page->limit;
    if (is_full) {
        page->has_more = true;
    }
    if (is_full && page->newer_than == 0) {
        return false;
    }
    if (is_full) {
        /* Walking towards ending_before: the page is the part nearest to it. */
        json_array_remove(page->data, 0);
    }
    json_array_append(page->data, json);
    return true;
}

static struct err page_visit(void *context, const char *id, struct str text, bool *goes_on) {
    json_t *json = NULL;
    (void)id;
    TRY(store_parse(text, &json));
    *goes_on = page_add(context, json);
    json_decref(json);
    return OK;
}

/* The place of a cursor in the order; false with 404 when it names nothing. */
static bool cursor(struct call *call, const struct list_query *query, const char *param,
                   int64_t *ret_seq) {
    if (!param_given(call, param)) {
        return true;
    }
    json_t *document = world_find(call->world, query->type, param_text(call, param), param);
    if (document == NULL) {
        return false;
    }
    *ret_seq = member_i64(document, "_seq");
    return true;
}

json_t *list_answer(struct call *call, const struct list_query *query, const char *url) {
    json_t *limit = json_object_get(call->params, "limit");
    struct page page = {
        .call = call,
        .query = query,
        .limit = limit == NULL ? PAGE_DEFAULT : (size_t)json_integer_value(limit),
    };
    struct store_scan scan = {.type = query->type,
                              .customer = query->customer,
                              .before = INT64_MAX,
                              .visit = page_visit,
                              .context = &page};
    if (param_given(call, "starting_after") && param_given(call, "ending_before")) {
        fault_invalid(&call->world->fault, "parameters_exclusive", "ending_before",
                      "You may only specify one of these parameters: starting_after, "
                      "ending_before.");
        return NULL;
    }
    if (!cursor(call, query, "starting_after", &scan.before) ||
        !cursor(call, query, "ending_before", &page.newer_than)) {
        return NULL;
    }
    page.data = json_array();
    if (err_failed(store_scan(call->world->store, &scan))) {
        json_decref(page.data);
        fault_internal(&call->world->fault);
        return NULL;
    }
    json_t *answer = list_of(page.data, url);
    json_object_set_new(answer, "has_more", json_boolean(page.has_more));
    return answer;
}
