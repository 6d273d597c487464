#include "app/timeline.h"

#include "app/audit.h"
#include "base/check.h"

/* Where a row stands among those of all sources: by time, and within an instant by id. */
struct place {
    int64_t ms;
    struct str id;
};

static struct place place_of(enum timeline_source source, const struct timeline_row *row) {
    bool is_ours = timeline_id_kind(source) != NULL;
    return (struct place){is_ours ? id_made_ms(row->id) : row->at, row->id};
}

static bool is_newer(struct place a, struct place b) {
    return a.ms != b.ms ? a.ms > b.ms : str_compare(a.id, b.id) > 0;
}

/* "1772366400000.bevt_…" */
static bool parse(struct str cursor, struct place *ret_place) {
    struct str rest = cursor;
    struct str ms = str_cut(&rest, '.');
    *ret_place = (struct place){INT64_MAX, STR("~")};
    if (cursor.len == 0) {
        return true;
    }
    ret_place->id = rest;
    return rest.len > 0 && str_to_i64(ms, &ret_place->ms) && ret_place->ms >= 0;
}

/* The id that ends the source's rows before the place: those of its own millisecond are before it
 * when their ids are, and that is told by the kind unless they are of the same. */
static struct str bound_of(struct tx *tx, enum timeline_source source, struct place before) {
    const char *kind = timeline_id_kind(source);
    if (kind == NULL || before.ms == INT64_MAX || id_is(before.id, kind)) {
        return before.id;
    }
    int64_t ms = str_compare(str_from_cstr(kind), before.id) < 0 ? before.ms + 1 : before.ms;
    struct record_id first = id_first(kind, ms);
    return arena_str(tx->cx->arena, id_str(&first));
}

struct stream {
    struct row_list list;
    size_t next;
};

static struct err open_streams(struct tx *tx, const struct timeline_query *query,
                               struct place before, struct stream streams[TIMELINE_SOURCE_COUNT]) {
    for (int i = 0; i < TIMELINE_SOURCE_COUNT; i++) {
        enum timeline_source source = (enum timeline_source)i;
        const struct timeline_place place = {query->user_id, bound_of(tx, source, before),
                                             before.ms};
        streams[i] = (struct stream){.next = 0};
        if ((query->sources & 1U << i) != 0) {
            TRY(timeline_page(tx, source, &place, query->max + 1, &streams[i].list));
        }
    }
    return OK;
}

/* The newest row that is left; false when none is. */
static bool take_newest(struct stream streams[TIMELINE_SOURCE_COUNT],
                        struct timeline_entry *ret_entry) {
    int newest = -1;
    struct place at = {0};
    for (int i = 0; i < TIMELINE_SOURCE_COUNT; i++) {
        if (streams[i].next == streams[i].list.count) {
            continue;
        }
        const struct timeline_row *rows = streams[i].list.items;
        struct place place = place_of((enum timeline_source)i, &rows[streams[i].next]);
        if (newest < 0 || is_newer(place, at)) {
            newest = i;
            at = place;
        }
    }
    if (newest >= 0) {
        const struct timeline_row *rows = streams[newest].list.items;
        *ret_entry =
            (struct timeline_entry){(enum timeline_source)newest, rows[streams[newest].next++]};
    }
    return newest >= 0;
}

/* What the row of the log says, in place of the row. */
static struct err tell(struct tx *tx, struct timeline_row *row) {
    struct audit_row said = {.user_id = row->user_id, .id = id_from(row->id), .row = row->text};
    struct str outcome = STR("");
    if (jcs_plain(jcs_find(row->text, "outcome"), &outcome)) {
        row->status = outcome;
    }
    return audit_read_reason(tx, &said, &row->text);
}

struct err timeline_read(struct tx *tx, const struct timeline_query *query,
                         struct timeline_stretch *ret_stretch) {
    struct stream streams[TIMELINE_SOURCE_COUNT];
    struct place before;
    struct timeline_entry entry;
    check(query->max > 0 && query->max <= LIMIT_PAGE);
    *ret_stretch = (struct timeline_stretch){.next = STR("")};
    ret_stretch->is_cursor_unknown = !parse(query->cursor, &before);
    if (ret_stretch->is_cursor_unknown) {
        return OK;
    }
    TRY(open_streams(tx, query, before, streams));
    ret_stretch->entries = arena_array(tx->cx->arena, query->max, sizeof *ret_stretch->entries);
    if (ret_stretch->entries == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    while (take_newest(streams, &entry)) {
        if (ret_stretch->count == query->max) {
            const struct timeline_entry *last = &ret_stretch->entries[query->max - 1];
            struct place place = place_of(last->source, &last->row);
            ret_stretch->next = arena_printf(tx->cx->arena, "%lld." STR_FMT, (long long)place.ms,
                                             STR_ARG(place.id));
            break;
        }
        if (entry.source == TIMELINE_AUDIT) {
            TRY(tell(tx, &entry.row));
        }
        ret_stretch->entries[ret_stretch->count++] = entry;
    }
    return OK;
}
