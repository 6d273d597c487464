#include "app/invoice_events.h"

#include <string.h>

#include "store/audit.h"

enum {
    PAGE = 200,
    EARLIER_MS = 3600 * 1000, /* the provider's clock says when it was made, ours what came of it */
    WITHIN_MS = 1000,         /* an entry of the log is written with its event */
};

/* Ids are like no other text: metadata that has one is about it. */
static bool is_about(const struct billing_event_row *event, const struct invoice_row *invoice) {
    struct str id = id_str(&invoice->id);
    return memmem(event->metadata.bytes, event->metadata.len, id.bytes, id.len) != NULL;
}

static struct err find_entry(struct tx *tx, struct invoice_noted *item) {
    const struct billing_event_row *event = &item->event;
    struct record_id first = id_first("audt", event->created_at);
    struct record_id before = id_first("audt", event->created_at + WITHIN_MS);
    const struct audit_entry_of place = {
        .user_id = event->user_id,
        .action = event->type,
        .object = id_str(&event->id),
        .id_first = id_str(&first),
        .id_before = id_str(&before),
    };
    return audit_row_of_object(tx, &place, &item->audit_id);
}

static struct err keep_some(struct tx *tx, const struct invoice_row *invoice,
                            const struct row_list *list, struct invoice_events *events) {
    const struct billing_event_row *rows = list->items;
    for (size_t i = 0; i < list->count && events->count < INVOICE_EVENTS_MAX; i++) {
        if (is_about(&rows[i], invoice)) {
            struct invoice_noted *item = &events->items[events->count++];
            *item = (struct invoice_noted){.event = rows[i]};
            TRY(find_entry(tx, item));
        }
    }
    return OK;
}

struct err invoice_events_read(struct tx *tx, const struct invoice_row *invoice,
                               struct invoice_events *ret_events) {
    struct record_id first = id_first("bevt", invoice->created_at - EARLIER_MS);
    struct str from = id_str(&first);
    struct invoice_events events = {
        .items = arena_array(tx->cx->arena, INVOICE_EVENTS_MAX, sizeof *events.items),
    };
    if (events.items == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t walked = 0; walked < INVOICE_EVENTS_WALKED; walked += PAGE) {
        struct row_list list;
        TRY(billing_event_since(tx, invoice->user_id, from, PAGE, &list));
        TRY(keep_some(tx, invoice, &list, &events));
        if (list.count < PAGE) {
            break;
        }
        const struct billing_event_row *rows = list.items;
        from = arena_printf(tx->cx->arena, STR_FMT " ", STR_ARG(id_str(&rows[PAGE - 1].id)));
    }
    *ret_events = events;
    return OK;
}
