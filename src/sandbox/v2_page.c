#include "sandbox/v2_page.h"

enum { PAGE_DEFAULT = 10 };

/* The link carries what was asked, so that the next page is of the same list. */
static json_t *next_url(struct call *call, const char *path, json_t *last) {
    int64_t limit = member_i64(call->params, "limit");
    json_t *url = json_sprintf("%s?limit=%lld&page=%s", path,
                               (long long)(limit == 0 ? PAGE_DEFAULT : limit), member(last, "id"));
    json_t *types = json_object_get(call->params, "types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        json_t *longer = json_sprintf("%s&types[%zu]=%s", json_string_value(url), i,
                                      json_string_value(json_array_get(types, i)));
        json_decref(url);
        url = longer;
    }
    const char *object_id = param_text(call, "object_id");
    if (object_id[0] == '\0') {
        return url;
    }
    json_t *longer = json_sprintf("%s&object_id=%s", json_string_value(url), object_id);
    json_decref(url);
    return longer;
}

json_t *v2_page(struct call *call, const struct list_query *query, const char *path,
                json_t *(*view)(struct call *call, json_t *document)) {
    struct call asked = *call;
    asked.params = json_copy(call->params);
    json_object_del(asked.params, "page");
    json_object_del(asked.params, "include");
    if (param_given(call, "page")) {
        set_text(asked.params, "starting_after", param_text(call, "page"));
    }
    json_t *list = list_answer(&asked, query, path);
    json_decref(asked.params);
    if (list == NULL) {
        return NULL;
    }
    json_t *data = json_object_get(list, "data");
    json_t *views = json_array();
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_array_append_new(views, view(call, json_array_get(data, i)));
    }
    json_t *last = json_array_get(data, json_array_size(data) - 1);
    bool has_more = json_is_true(json_object_get(list, "has_more"));
    json_t *next = has_more ? next_url(call, path, last) : json_null();
    json_decref(list);
    return json_pack("{s:o, s:o, s:n}", "data", views, "next_page_url", next, "previous_page_url");
}
