#include "api/id_page.h"

#include "api/consent_resources.h"

void reply_id_page(struct api_request *request, const struct id_list *list,
                   const struct page_query *query, struct str user_id) {
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct str before = query == NULL ? STR("") : query->cursor;
    struct row_list found;
    if (reply_if_failed(request, list->read(&tx, user_id, before, size + 1, &found))) {
        return;
    }
    const char *rows = found.items;
    size_t count = found.count > size ? size : found.count;
    char *out = arena_array(request->arena, count, list->out_size);
    for (size_t i = 0; out != NULL && i < count; i++) {
        list->show(rows + i * list->row_size, out + i * list->out_size);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (found.count > size) {
        const char *last = rows + (size - 1) * list->row_size + list->id_at;
        page.next_cursor = id_str((const struct record_id *)last);
    }
    reply_value(request, 200, list->shape, &page);
}

void reply_id_page_of_all(struct api_request *request, const struct id_list *list) {
    const struct consent_query *query = request->query;
    reply_id_page(request, list, query == NULL ? NULL : &query->page,
                  query == NULL ? STR("") : query->user_id);
}
