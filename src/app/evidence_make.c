/* How a pack is made: one population after the other, each as JSON, as CSV, and the query; then
 * what describes them, and the signature. */
#include "app/evidence.h"

#include <string.h>

#include "app/audit.h"
#include "app/evidence_paper.h"
#include "app/mail.h"
#include "app/progress.h"
#include "base/check.h"
#include "base/rfc3339.h"

enum stage { STAGE_JSON, STAGE_CSV, STAGE_QUERY, STAGE_COUNT };
static_assert((int)STAGE_JSON == EXPORT_AS_JSON && (int)STAGE_CSV == EXPORT_AS_CSV, "in order");

struct evidence_maker {
    struct parcel parcel; /* first: parcel.c hands it back */
    struct evidence_paper paper;
    /* where it stands */
    size_t population;
    enum stage stage;
    size_t action;
    struct buf cursor; /* the id of the last row, or what a source makes of it */
    bool has_papers, is_manifest_kept;
    struct str manifest; /* as it is signed */
};

/* The populations of the store, of this layer, of others: as one list. */
static size_t list_populations(struct app *app, struct evidence_population *into) {
    const struct evidence_program *program = app->evidence;
    size_t count = 0;
    for (size_t i = 0; i < evidence_nouns_count; i++) {
        into[count++] = (struct evidence_population){.noun = &evidence_nouns[i]};
    }
    for (size_t i = 0; i < evidence_sources_count; i++) {
        const struct evidence_source *source = &evidence_sources[i];
        into[count++] = (struct evidence_population){.noun = &source->noun, .source = source};
    }
    for (size_t i = 0; program != NULL && i < program->count; i++) {
        const struct evidence_source *source = &program->sources[i];
        into[count++] = (struct evidence_population){.noun = &source->noun, .source = source};
    }
    check(count <= EVIDENCE_POPULATIONS_MAX);
    return count;
}

enum { PAPERS = 3 }; /* steps behind the populations */

static struct progress *making_of(const struct evidence_maker *maker) {
    const struct evidence_program *program = maker->parcel.app->evidence;
    return program == NULL ? NULL : program->making;
}

static void tell_progress(const struct evidence_maker *maker) {
    struct progress *making = making_of(maker);
    size_t papers = (size_t)maker->has_papers + (size_t)maker->is_manifest_kept;
    size_t done = maker->population * STAGE_COUNT + (size_t)maker->stage + papers;
    if (making != NULL) {
        progress_tell(making, (int64_t)done, (int64_t)(maker->paper.count * STAGE_COUNT + PAPERS));
    }
}

static void begin_progress(const struct evidence_maker *maker) {
    struct progress *making = making_of(maker);
    if (making != NULL) {
        progress_begin(making, maker->parcel.app, &maker->paper.row.id);
    }
}

static struct err open_pack(struct parcel *parcel, bool *ret_found) {
    struct evidence_maker *maker = (struct evidence_maker *)parcel;
    struct tx tx = app_read(parcel->app, &parcel->cx);
    buf_init(&maker->cursor, parcel->app->env, LIMIT_BODY);
    TRY(evidence_pack_next(&tx, &maker->paper.row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    parcel->id = id_str(&maker->paper.row.id);
    parcel->made_at = maker->paper.row.requested_at;
    maker->paper.count = list_populations(parcel->app, maker->paper.populations);
    begin_progress(maker);
    return evidence_paper_begin(&maker->paper, parcel->app, &tx);
}

static void close_pack(struct parcel *parcel) {
    struct evidence_maker *maker = (struct evidence_maker *)parcel;
    struct progress *making = making_of(maker);
    buf_finish(&maker->cursor);
    if (making != NULL) {
        making->done = 0;
    }
}

/* --- a population --- */

static struct evidence_population *population_of(struct evidence_maker *maker) {
    return &maker->paper.populations[maker->population];
}

static struct parcel_member *member_of(struct evidence_maker *maker) {
    return &population_of(maker)->members[maker->stage];
}

static struct err begin(struct evidence_maker *maker, struct cx *cx, const char *end) {
    const struct export_noun *rows = &population_of(maker)->noun->rows;
    maker->action = 0;
    buf_clear(&maker->cursor);
    return parcel_begin(&maker->parcel, member_of(maker),
                        arena_printf(cx->arena, "%s.%s", rows->name, end));
}

static bool is_kept(const struct evidence_noun *noun, const struct export_row *row) {
    enum mail_kind kind;
    if (noun->is_of_alerts) {
        return mail_kind_parse(row->values[1].text, &kind) && mail_kind_is_alert(kind);
    }
    return !noun->is_of_refusals || evidence_is_refusal(row->values[9].text);
}

static void write_rows(struct evidence_maker *maker, const struct row_list *list) {
    const struct evidence_noun *noun = population_of(maker)->noun;
    struct parcel_member *member = member_of(maker);
    const struct export_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        struct export_line line = {&rows[i], member->rows == 0};
        if (is_kept(noun, &rows[i])) {
            export_file_row(&noun->rows, (enum export_form)maker->stage, &line,
                            &maker->parcel.text);
            member->rows++;
        }
    }
}

static struct err read_page(struct evidence_maker *maker, struct tx *tx, struct row_list *ret_list,
                            bool *ret_is_over) {
    const struct evidence_population *population = population_of(maker);
    const struct evidence_place place = {maker->paper.row.from_at, maker->paper.row.to_at,
                                         buf_str(&maker->cursor), maker->action};
    if (population->source != NULL) {
        const struct evidence_program *program = maker->parcel.app->evidence;
        struct evidence_reading reading = {
            .app = maker->parcel.app,
            .tx = tx,
            .place = &place,
            .cursor = &maker->cursor,
            .context = program == NULL ? NULL : program->context,
        };
        TRY(population->source->read(&reading, ret_list));
        *ret_is_over = reading.is_over;
        return OK;
    }
    TRY(evidence_page(tx, population->noun, &place, ret_list));
    const struct export_row *rows = ret_list->items;
    *ret_is_over = ret_list->count < EXPORT_PAGE;
    if (ret_list->count > 0) {
        buf_clear(&maker->cursor);
        buf_add(&maker->cursor, rows[ret_list->count - 1].values[0].text);
    }
    return OK;
}

/* Of the audit log's rows one action comes after the other. */
static bool has_another_action(struct evidence_maker *maker) {
    const char *const *actions = population_of(maker)->noun->actions;
    buf_clear(&maker->cursor);
    return actions != NULL && actions[++maker->action] != NULL;
}

static struct err step_rows(struct evidence_maker *maker, struct cx *cx) {
    const struct export_noun *noun = &population_of(maker)->noun->rows;
    enum export_form form = (enum export_form)maker->stage;
    struct tx tx = app_read(maker->parcel.app, cx);
    struct row_list list;
    bool is_over = false;
    if (maker->parcel.member == NULL) {
        TRY(begin(maker, cx, export_form_name(form)));
        export_file_head(noun, form, &maker->parcel.text);
    }
    TRY(read_page(maker, &tx, &list, &is_over));
    write_rows(maker, &list);
    if (maker->cursor.has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    if (!is_over || has_another_action(maker)) {
        return parcel_flush(&maker->parcel);
    }
    export_file_tail(noun, form, &maker->parcel.text);
    maker->stage++;
    return parcel_end(&maker->parcel);
}

static struct err step_population(struct evidence_maker *maker, struct cx *cx) {
    if (maker->stage != STAGE_QUERY) {
        return step_rows(maker, cx);
    }
    TRY(begin(maker, cx, "sql"));
    evidence_paper_query(&maker->paper, maker->population, &maker->parcel.text);
    TRY(parcel_end(&maker->parcel));
    maker->stage = STAGE_JSON;
    maker->population++;
    return OK;
}

/* --- what describes them --- */

static struct err add_papers(struct evidence_maker *maker) {
    struct parcel *parcel = &maker->parcel;
    struct evidence_paper *paper = &maker->paper;
    const struct evidence_program *program = parcel->app->evidence;
    maker->has_papers = true;
    if (program != NULL && program->sbom.len > 0) {
        buf_add(&parcel->text, program->sbom);
        TRY(parcel_add(parcel, &paper->others[paper->other_count++], STR("sbom.cdx.json")));
    }
    evidence_paper_readme(paper, &parcel->text);
    return parcel_add(parcel, &paper->others[paper->other_count++], STR("README.txt"));
}

static struct err add_manifest(struct evidence_maker *maker) {
    struct parcel *parcel = &maker->parcel;
    struct parcel_member member;
    evidence_paper_manifest(&maker->paper, &parcel->text);
    if (parcel->text.has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    maker->manifest = arena_str(&parcel->arena, buf_str(&parcel->text));
    maker->is_manifest_kept = true;
    return parcel_add(parcel, &member, STR(EVIDENCE_MANIFEST));
}

static struct err add_signature(struct evidence_maker *maker) {
    struct parcel *parcel = &maker->parcel;
    struct parcel_member member;
    struct str line = evidence_paper_sign(&maker->paper, &parcel->arena, maker->manifest);
    if (arena_failed(&parcel->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    buf_add(&parcel->text, line);
    TRY(parcel_add(parcel, &member, STR(EVIDENCE_SIGNATURE)));
    return parcel_finish(parcel);
}

static struct err step(struct parcel *parcel, struct cx *cx) {
    struct evidence_maker *maker = (struct evidence_maker *)parcel;
    tell_progress(maker);
    return maker->population < maker->paper.count ? step_population(maker, cx)
           : !maker->has_papers                   ? add_papers(maker)
           : !maker->is_manifest_kept             ? add_manifest(maker)
                                                  : add_signature(maker);
}

const struct parcel_kind evidence_parcel = {
    .name = "evidence",
    .room = sizeof(struct evidence_maker),
    .open = open_pack,
    .step = step,
    .close = close_pack,
    .keep = evidence_keep,
    .piece = evidence_piece,
    .drop = evidence_pieces_drop,
};
