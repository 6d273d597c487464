#include "app/evidence_paper.h"

#include <string.h>

#include "app/audit_log.h"
#include "app/person.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "core/jcs.h"
#include "proof/signed_note.h"

/* Controls of the Trust Services Criteria (2017, revised points of focus 2022), in their order, and
 * what of them the program can show. */
static const struct {
    const char *name, *doc;
} controls[] = {
    {"CC6.1", "Who may what, and what proves who they are"},
    {"CC6.2", "Who came, changed and went"},
    {"CC6.3", "Access that was reviewed, and ended"},
    {"CC6.6", "How the server protects what it answers"},
    {"CC6.7", "What left the system, and who looked as somebody else"},
    {"CC6.8", "What the program is made of, and what was stopped"},
    {"CC7.2", "What was noticed"},
    {"CC7.3", "What was looked into"},
    {"CC7.5", "Backups, and whether they can be restored"},
    {"CC8.1", "What was changed, and who agreed"},
    {"PI1", "That what is billed is what was used, sold and paid"},
    {"C1/P", "What people asked of their data, and what was destroyed"},
};

struct err evidence_paper_begin(struct evidence_paper *paper, struct app *app, struct tx *tx) {
    struct person_row person;
    struct audit_checkpoint_row checkpoint;
    bool is_person = false;
    bool has_checkpoint = false;
    paper->app = app;
    paper->requester = STR("");
    paper->checkpoint = STR("");
    TRY(person_read(tx, paper->row.requested_by, &person, &is_person));
    if (is_person) {
        paper->requester = person.name.len > 0 ? person.name : person.email;
    }
    TRY(audit_checkpoint_last(tx, &checkpoint, &has_checkpoint));
    if (has_checkpoint) {
        paper->checkpoint = checkpoint.note;
    }
    return OK;
}

bool evidence_is_refusal(struct str row) {
    struct str outcome = jcs_find(row, "outcome");
    return !jcs_is_text(outcome, STR("done")) && !jcs_is_text(outcome, STR("created")) &&
           !jcs_is_text(outcome, STR("begun"));
}

static int64_t rows_of(const struct evidence_population *population) {
    return population->members[EXPORT_AS_JSON].rows;
}

static void put_instant(int64_t at, struct buf *out) {
    char text[RFC3339_SIZE];
    rfc3339_format(at, text);
    buf_add(out, str_from_cstr(text));
}

/* --- the query --- */

static const char *parameters_of(enum evidence_how how) {
    switch (how) {
    case EVIDENCE_BY_TIME:
        return "?1 the id of the last row, ?4 the period's beginning and ?2 its end in "
               "milliseconds UTC, ?3 rows a page";
    case EVIDENCE_BY_ID:
        return "?1 the id of the last row, at first that of the period's beginning (ids sort by "
               "time), ?2 that of its end, ?3 rows a page";
    case EVIDENCE_BY_ACTION:
        return "the same for each action ?4; ?1 the id of the last row, at first that of the "
               "period's beginning (ids sort by time), ?2 that of its end, ?3 rows a page";
    case EVIDENCE_AS_IT_IS:
        return "as it stood when the pack was made; ?1 the id of the last row, ?2 rows a page";
    case EVIDENCE_BY_PROGRAM:
        return "of no statement";
    }
    return "";
}

void evidence_paper_query(const struct evidence_paper *paper, size_t population, struct buf *out) {
    const struct evidence_population *of = &paper->populations[population];
    const struct evidence_noun *noun = of->noun;
    buf_printf(out, "-- %s (%s): %s.\n-- %s.\n", noun->rows.name, noun->control, noun->rows.doc,
               parameters_of(noun->how));
    for (size_t i = 0; noun->actions != NULL && noun->actions[i] != NULL; i++) {
        buf_printf(out, "-- action %s\n", noun->actions[i]);
    }
    if (noun->is_of_refusals) {
        buf_add(out, STR("-- Of these rows those whose outcome is not done, created or begun.\n"));
    }
    if (noun->is_of_alerts) {
        buf_add(out, STR("-- Of these rows those that went to the operators.\n"));
    }
    if (of->source != NULL) {
        buf_printf(out, "-- From %s.\n", of->source->origin);
    }
    buf_add(out, evidence_query(noun));
    buf_add(out, STR("\n"));
}

/* --- for people --- */

static void put_control(const struct evidence_paper *paper, size_t control, struct buf *out) {
    bool has_any = false;
    buf_printf(out, "\n%s  %s\n", controls[control].name, controls[control].doc);
    for (size_t i = 0; i < paper->count; i++) {
        const struct evidence_population *population = &paper->populations[i];
        if (strcmp(population->noun->control, controls[control].name) != 0) {
            continue;
        }
        has_any = true;
        if (rows_of(population) == 0) {
            buf_printf(out, "  %s: %s: " EVIDENCE_NONE "\n", population->noun->rows.name,
                       population->noun->rows.doc);
        } else {
            buf_printf(out, "  %s: %s: %lld\n", population->noun->rows.name,
                       population->noun->rows.doc, (long long)rows_of(population));
        }
    }
    if (!has_any) {
        buf_add(out, STR("  No rows of its own; see the papers of this pack.\n"));
    }
}

void evidence_paper_readme(const struct evidence_paper *paper, struct buf *out) {
    const struct evidence_program *program = paper->app->evidence;
    buf_add(out, STR("Evidence of "));
    buf_add(out, paper->app->installation_id);
    buf_add(out, STR(", from "));
    put_instant(paper->row.from_at, out);
    buf_add(out, STR(" and before "));
    put_instant(paper->row.to_at, out);
    buf_printf(out, "\nPack %s, asked for at ", paper->row.id.text);
    put_instant(paper->row.requested_at, out);
    buf_add(out, STR(" by "));
    buf_add(out, paper->row.requester_kind);
    buf_add(out, STR(" "));
    buf_add(out, paper->row.requested_by);
    buf_printf(out, " " STR_FMT "\n", STR_ARG(paper->requester));
    buf_add(out, STR("\nEach list is complete for the period: NAME.json and NAME.csv hold the same "
                     "rows, NAME.sql the query\nthat gave them. manifest.json has the SHA-256 of "
                     "every file; its signature is checked, without the\nserver, by\n\n  turnpike "
                     "evidence verify FILE --public-key KEY\n"));
    for (size_t i = 0; i < ARRAY_LEN(controls); i++) {
        put_control(paper, i, out);
    }
    buf_printf(out, "\nParts of the program: %s\n",
               program != NULL && program->sbom.len > 0
                   ? "sbom.cdx.json"
                   : "no bill of materials was given to the server (--sbom).");
}

/* --- the manifest --- */

static void put_member(const struct parcel_member *member, struct json_writer *out) {
    json_open_object(out);
    json_member_cstr(out, "name", member->name);
    json_member_i64(out, "size", member->size);
    json_member_str(out, "sha256", str_of(member->sha256, SHA256_HEX));
    json_close_object(out);
}

static void put_files(const struct evidence_paper *paper, struct json_writer *out) {
    json_name(out, "files");
    json_open_array(out);
    for (size_t i = 0; i < paper->count; i++) {
        for (size_t j = 0; j < ARRAY_LEN(paper->populations[i].members); j++) {
            put_member(&paper->populations[i].members[j], out);
        }
    }
    for (size_t i = 0; i < paper->other_count; i++) {
        put_member(&paper->others[i], out);
    }
    json_close_array(out);
}

static void put_populations(const struct evidence_paper *paper, struct json_writer *out) {
    json_name(out, "populations");
    json_open_array(out);
    for (size_t i = 0; i < paper->count; i++) {
        const struct evidence_population *population = &paper->populations[i];
        const struct export_noun *rows = &population->noun->rows;
        json_open_object(out);
        json_member_cstr(out, "name", rows->name);
        json_member_cstr(out, "control", population->noun->control);
        json_member_i64(out, "count", rows_of(population));
        if (rows_of(population) == 0) {
            json_member_cstr(out, "note", EVIDENCE_NONE);
        }
        json_name(out, "schema");
        export_file_schema(rows, out);
        json_close_object(out);
    }
    json_close_array(out);
}

static void put_time(const char *name, int64_t at, struct json_writer *out) {
    char text[RFC3339_SIZE];
    rfc3339_format(at, text);
    json_member_cstr(out, name, text);
}

static void put_head(const struct evidence_paper *paper, struct json_writer *out) {
    const struct evidence_program *program = paper->app->evidence;
    json_member_cstr(out, "format", EVIDENCE_FORMAT);
    json_member_str(out, "pack", id_str(&paper->row.id));
    json_member_str(out, "installation", paper->app->installation_id);
    put_time("from", paper->row.from_at, out);
    put_time("to", paper->row.to_at, out);
    put_time("requestedAt", paper->row.requested_at, out);
    json_name(out, "requestedBy");
    json_open_object(out);
    json_member_str(out, "kind", paper->row.requester_kind);
    json_member_str(out, "id", paper->row.requested_by);
    json_member_str(out, "name", paper->requester);
    json_close_object(out);
    json_member_str(out, "version", program == NULL ? STR("") : program->version);
    json_member_str(out, "build", program == NULL ? STR("") : program->build);
    json_member_str(out, "auditCheckpoint", paper->checkpoint);
}

void evidence_paper_manifest(const struct evidence_paper *paper, struct buf *out) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    put_head(paper, &writer);
    put_populations(paper, &writer);
    put_files(paper, &writer);
    json_close_object(&writer);
    buf_add(out, STR("\n"));
}

struct str evidence_paper_sign(const struct evidence_paper *paper, struct arena *arena,
                               struct str manifest) {
    const struct audit_signer *signer = paper->app->audit_signer;
    if (signer == NULL) {
        return STR("");
    }
    struct str note = signed_note_sign(arena, signer->origin, signer->key.secret, manifest);
    return str_skip(note, manifest.len + 1);
}
