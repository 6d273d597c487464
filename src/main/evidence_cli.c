/* `turnpike evidence verify`: a pack of evidence looked at without the server, and without the data
 * folder where a public key is given. */
#include <string.h>

#include "app/audit_log.h"
#include "app/evidence_paper.h"
#include "base/json.h"
#include "base/unzip.h"
#include "main/serve.h"
#include "proof/signed_note.h"
#include "store/schema.h"

enum {
    FILE_MAX = 2000 * 1024 * 1024, /* it is read as a whole */
    TEXT_MAX = 8 * 1024 * 1024,    /* of the manifest */
    MEMBER_MAX = 1024 * 1024 * 1024,
    MEMBERS_MAX = 1024,
};

struct member {
    struct str name;
    int64_t size;
    char sha256[SHA256_HEX];
    bool is_broken, is_listed;
};

struct look {
    struct cx *cx;
    struct member members[MEMBERS_MAX];
    size_t count;
    struct buf manifest, signature;
    struct cli_evidence_report *report;
};

static void find(struct look *look, struct str file, const char *what) {
    struct cli_evidence_report *report = look->report;
    if (report->count < CLI_EVIDENCE_FINDINGS_MAX) {
        report->findings[report->count] =
            (struct cli_evidence_finding){arena_str(look->cx->arena, file), what};
    }
    report->count++;
}

/* --- what is there --- */

static struct buf *text_of(struct look *look, struct str name) {
    return str_equal(name, STR(EVIDENCE_MANIFEST))    ? &look->manifest
           : str_equal(name, STR(EVIDENCE_SIGNATURE)) ? &look->signature
                                                      : NULL;
}

static struct member *member_named(struct look *look, struct str name) {
    for (size_t i = 0; i < look->count; i++) {
        if (str_equal(look->members[i].name, name)) {
            return &look->members[i];
        }
    }
    return NULL;
}

static void note_member(struct look *look, struct member *member, struct str content) {
    uint8_t digest[SHA256_SIZE];
    struct sha256_stream hash;
    struct buf *text = text_of(look, member->name);
    sha256_begin(&hash);
    sha256_add(&hash, content);
    sha256_end(&hash, digest);
    str_hex(digest, sizeof digest, member->sha256);
    member->size = (int64_t)content.len;
    if (text != NULL) {
        buf_add(text, content);
    }
}

static struct err read_member(struct look *look, const struct unzip_entry *entry) {
    struct member *member = &look->members[look->count];
    if (member_named(look, entry->name) != NULL) {
        find(look, entry->name, "is there twice");
    }
    look->count++;
    member->name = entry->name;
    member->is_broken = entry->is_broken || entry->size > MEMBER_MAX;
    if (member->is_broken) {
        return OK;
    }
    char *content = env_alloc(look->cx->env, entry->size + 1);
    if (content == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    member->is_broken = err_failed(unzip_content(entry, content));
    if (!member->is_broken) {
        note_member(look, member, str_of(content, entry->size));
    }
    env_free(look->cx->env, content);
    return OK;
}

static struct err read_members(struct look *look, struct str bytes) {
    struct unzip_list list;
    TRY(unzip_read(look->cx, bytes, &list));
    if (list.count > MEMBERS_MAX) {
        return cx_fail(look->cx, ERR(ERR_TOO_LARGE), "This ZIP file has too many members.");
    }
    for (size_t i = 0; i < list.count; i++) {
        TRY(read_member(look, &list.items[i]));
    }
    return OK;
}

/* --- what should be --- */

static void check_file(struct look *look, const json_t *file) {
    struct str name = json_text(file, "name");
    struct member *member = member_named(look, name);
    if (member == NULL) {
        find(look, name, "is missing");
        return;
    }
    member->is_listed = true;
    look->report->files++;
    bool is_same = !member->is_broken && member->size == json_i64(file, "size", -1) &&
                   str_equal(str_of(member->sha256, SHA256_HEX), json_text(file, "sha256"));
    if (!is_same) {
        find(look, name, "is not what was signed");
    }
}

static void check_files(struct look *look, const json_t *manifest) {
    const json_t *file = NULL;
    size_t i = 0;
    json_array_foreach(json_at(manifest, "files"), i, file) {
        check_file(look, file);
    }
    for (i = 0; i < look->count; i++) {
        if (!look->members[i].is_listed && text_of(look, look->members[i].name) == NULL) {
            find(look, look->members[i].name, "was put in: it is not in the manifest");
        }
    }
}

static void describe(struct look *look, const json_t *manifest) {
    struct arena *arena = look->cx->arena;
    struct str kind = json_text(manifest, "requestedBy.kind");
    struct str id = json_text(manifest, "requestedBy.id");
    struct str name = json_text(manifest, "requestedBy.name");
    look->report->pack = arena_str(arena, json_text(manifest, "pack"));
    look->report->installation = arena_str(arena, json_text(manifest, "installation"));
    look->report->from = arena_str(arena, json_text(manifest, "from"));
    look->report->to = arena_str(arena, json_text(manifest, "to"));
    look->report->requester = arena_printf(arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(kind),
                                           STR_ARG(id), STR_ARG(name));
}

/* Whether one of the keys has signed the manifest. */
static bool is_signed(struct look *look, struct str keys) {
    struct str note =
        arena_printf(look->cx->arena, STR_FMT "\n" STR_FMT, STR_ARG(buf_str(&look->manifest)),
                     STR_ARG(buf_str(&look->signature)));
    while (keys.len > 0) {
        struct str key = str_trim(str_cut(&keys, '\n'));
        struct str text;
        if (key.len > 0 && signed_note_verify(note, key, &text) &&
            str_equal(text, buf_str(&look->manifest))) {
            return true;
        }
    }
    return false;
}

static struct err check_all(struct look *look, struct str keys) {
    struct member *manifest_there = member_named(look, STR(EVIDENCE_MANIFEST));
    if (manifest_there == NULL) {
        return cx_fail(look->cx, ERR(ERR_FORMAT),
                       "This is no pack of evidence: it has no manifest.json.");
    }
    if (!is_signed(look, keys)) {
        find(look, STR(EVIDENCE_MANIFEST), "is not signed by a key that counts");
    }
    struct json_problem problem;
    json_t *manifest = json_read(buf_str(&look->manifest), &problem);
    if (str_equal(json_text(manifest, "format"), STR(EVIDENCE_FORMAT))) {
        describe(look, manifest);
        check_files(look, manifest);
    } else {
        find(look, STR(EVIDENCE_MANIFEST), "is none of a pack of evidence");
    }
    json_decref(manifest);
    return arena_failed(look->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- keys --- */

static struct err keys_of(struct cx *cx, const struct cli_evidence *options, struct str *ret_keys) {
    if (options->public_key.len > 0) {
        *ret_keys = options->public_key;
        return OK;
    }
    struct cli_audit audit = {.data_dir = options->data_dir};
    struct err err = audit_keys_run(cx, &audit, ret_keys);
    return err_failed(err) ? cx_fail(cx, err,
                                     "Whose signature counts? Give --public-key (turnpike audit "
                                     "keys prints it), or --data with the data folder.")
                           : OK;
}

static struct err look_at(struct look *look, struct str bytes, struct str keys) {
    TRY(read_members(look, bytes));
    return check_all(look, keys);
}

struct err evidence_verify_run(struct cx *cx, const struct cli_evidence *options,
                               struct cli_evidence_report *ret_report) {
    struct str keys;
    struct str bytes;
    struct look *look = ARENA_NEW(cx->arena, struct look);
    if (look == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    look->cx = cx;
    look->report = ret_report;
    TRY(keys_of(cx, options, &keys));
    struct err err = env_read_file(cx->env, options->file, FILE_MAX, &bytes);
    if (err_failed(err)) {
        return cx_fail(cx, err, "The file %.200s cannot be read (%s).", options->file,
                       err_name(err.code));
    }
    buf_init(&look->manifest, cx->env, TEXT_MAX);
    buf_init(&look->signature, cx->env, TEXT_MAX);
    err = look_at(look, bytes, keys);
    buf_finish(&look->manifest);
    buf_finish(&look->signature);
    env_free(cx->env, (char *)(uintptr_t)bytes.bytes);
    return err;
}
