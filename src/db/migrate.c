/* Brings a schema forward, step by step, each in its own transaction with its record. A new
 * database takes all of them in one, since each commit is a sync of the disk that the first start
 * waits for, and where the engine has it in the form in which it is made at once.
 *
 * The checksum is that of the template, before the engine's words are put in: the same migration
 * has the same checksum on every engine. Comments are not part of it (tools/sqlgen.py drops them).
 * A step that was applied must never change; a new idea is a new step. */
#include "db/migrate.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/crypto.h"
#include "db/driver.h"

enum { SCRIPT_MAX = 1024 * 1024 };

struct checksum {
    char hex[SHA256_HEX];
};

static struct checksum checksum_of(const struct db_migration *migration) {
    uint8_t hash[SHA256_SIZE];
    struct checksum checksum;
    sha256(str_from_cstr(migration->sql), hash);
    str_hex(hash, sizeof hash, checksum.hex);
    return checksum;
}

/* What stands for `{word}` on this engine; NULL when it opens a section. */
static const char *word_for(struct str word) {
    const struct {
        struct str name;
        const char *text;
    } words[] = {
        {STR("int"), driver_words.int_type},
        {STR("text"), driver_words.text_type},
        {STR("blob"), driver_words.blob_type},
        {STR("strict"), driver_words.strict},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_equal(word, words[i].name)) {
            return words[i].text;
        }
    }
    return NULL;
}

/* Puts in the engine's words and leaves out other engines' sections. sqlgen.py has refused unknown
 * words, so that every other word is the name of an engine or `end`. */
static void expand(struct str template, struct buf *ret_sql) {
    bool is_ours = true;
    while (template.len > 0) {
        struct str word = template;
        struct str text = str_cut(&word, '{');
        template = word;
        if (is_ours) {
            buf_add(ret_sql, text);
        }
        if (template.len == 0) {
            break;
        }
        word = str_cut(&template, '}');
        const char *replacement = word_for(word);
        if (replacement == NULL) {
            is_ours =
                str_equal(word, STR("end")) || str_equal(word, str_from_cstr(driver_words.engine));
        } else if (is_ours) {
            buf_add(ret_sql, str_from_cstr(replacement));
        }
    }
    buf_add_char(ret_sql, '\0');
}

/* Compares what was applied with what the program knows; *ret_applied counts it. */
static struct err compare(struct cx *cx, struct db *db, const struct db_migration *migrations,
                          size_t count, size_t *ret_applied) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(db, DRIVER_MIGRATION_LIST, DB_NO_ARGS, &rows));
    size_t applied = 0;
    for (bool has_row = true;; applied++) {
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            break;
        }
        if (applied == count) {
            return cx_fail(cx, ERR(ERR_VERSION),
                           "The database has schema version %lld, this program knows %d: use the "
                           "newer program that wrote it.",
                           (long long)db_column_i64(&rows, 0), migrations[count - 1].version);
        }
        struct checksum sum = checksum_of(&migrations[applied]);
        if (db_column_i64(&rows, 0) != migrations[applied].version ||
            !str_equal(db_column_str(&rows, 2), str_of(sum.hex, sizeof sum.hex))) {
            return cx_fail(cx, ERR(ERR_CORRUPT),
                           "Migration %d (%s) was applied in another form than this program's.",
                           migrations[applied].version, migrations[applied].name);
        }
    }
    *ret_applied = applied;
    return OK;
}

static struct err run_template(struct cx *cx, struct db *db, const char *template) {
    CLEANUP(buf_finish) struct buf sql;
    buf_init(&sql, cx->env, SCRIPT_MAX);
    expand(str_from_cstr(template), &sql);
    return sql.has_failed ? ERR(ERR_NO_MEMORY) : driver_script(db, sql.bytes);
}

static struct err record(struct cx *cx, struct db *db, const struct db_migration *migration) {
    struct checksum sum = checksum_of(migration);
    return db_run(db, DRIVER_MIGRATION_ADD,
                  DB_ARGS(db_i64(migration->version), db_text(str_from_cstr(migration->name)),
                          db_text(str_of(sum.hex, sizeof sum.hex)), db_i64(cx_now_ms(cx))),
                  NULL);
}

static struct err apply(struct cx *cx, struct db *db, const struct db_migration *migration) {
    struct err err = run_template(cx, db, migration->sql);
    err = err_failed(err) ? err : record(cx, db, migration);
    return err_failed(err) ? cx_fail(cx, err, "Migration %d (%s) failed: %s.", migration->version,
                                     migration->name, db_error_text(db))
                           : OK;
}

/* Records every step, as if each had been taken. */
static struct err apply_ready(struct cx *cx, struct db *db, const struct db_schema *schema) {
    struct err err = driver_script(db, schema->ready);
    for (size_t i = 0; i < schema->count && !err_failed(err); i++) {
        err = record(cx, db, &schema->migrations[i]);
    }
    return err_failed(err) ? cx_fail(cx, err, "The tables cannot be made: %s.", db_error_text(db))
                           : OK;
}

static struct err apply_all(struct cx *cx, struct db *db, const struct db_schema *schema) {
    if (schema->ready != NULL && strcmp(schema->ready_engine, driver_words.engine) == 0) {
        return apply_ready(cx, db, schema);
    }
    for (size_t i = 0; i < schema->count; i++) {
        TRY(apply(cx, db, &schema->migrations[i]));
    }
    return OK;
}

/* What is there is looked at; what is new is made. */
static struct err begin_schema(struct cx *cx, struct db *db, const struct db_schema *schema,
                               size_t *ret_applied) {
    TRY(driver_prepare_migrations(db));
    TRY(compare(cx, db, schema->migrations, schema->count, ret_applied));
    if (*ret_applied == 0) {
        TRY(apply_all(cx, db, schema));
        *ret_applied = schema->count;
    }
    return OK;
}

/* Ends a transaction: all of it or none. */
static struct err end(struct cx *cx, struct db *db, struct err err) {
    if (err_failed(err)) {
        db_rollback(db);
        return err;
    }
    err = db_commit(db);
    if (err_failed(err)) {
        db_rollback(db);
        return cx_fail(cx, err, "The tables cannot be changed: %s.", db_error_text(db));
    }
    return OK;
}

struct err db_migrate(struct cx *cx, struct db *db, const struct db_schema *schema) {
    for (size_t i = 0; i < schema->count; i++) {
        check(schema->migrations[i].version > (i == 0 ? 0 : schema->migrations[i - 1].version));
    }
    size_t applied = 0;
    TRY(db_begin(db));
    TRY(end(cx, db, begin_schema(cx, db, schema, &applied)));
    for (size_t i = applied; i < schema->count; i++) {
        TRY(db_begin(db));
        TRY(end(cx, db, apply(cx, db, &schema->migrations[i])));
    }
    return OK;
}
