/* What the simulation came to, as the program itself counts it; and the folder made ready to be
 * looked at: databases written anew, so that what they hold alone decides their bytes. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/lifecycle.h"
#include "base/rfc3339.h"
#include "base/sha256.h"
#include "main/simulate.h"
#include "sandbox/sandbox.h"
#include "store/census.h"
#include "store/schema.h"

enum { READ_SIZE = 1024 * 1024, FILE_TEXT_MAX = 64 * 1024, SHOWN = 6 };

/* --- figures --- */

static void count_acts(struct simulation *simulation) {
    const struct population_run *run = &simulation->run;
    struct cli_simulate_report *report = &simulation->report;
    report->signed_up = run->acts[ACT_SIGN_UP];
    report->bought = run->acts[ACT_SUBSCRIBE];
    report->upgraded = run->acts[ACT_UPGRADE];
    report->contracts = run->acts[ACT_CONTRACT];
    report->downgraded = run->acts[ACT_DOWNGRADE];
    report->cancelled = run->acts[ACT_CANCEL];
    report->scores = run->acts[ACT_SCORE];
    report->returned = run->returns;
    report->for_limits = run->for_limits;
}

static void show(struct simulation *simulation, enum tier tier, struct str user_id) {
    memcpy(simulation->shown[tier], user_id.bytes, user_id.len);
    simulation->shown[tier][user_id.len] = '\0';
}

/* Of free accounts the one that has used most lately. */
static void show_free(struct simulation *simulation) {
    const struct population_run *run = &simulation->run;
    int32_t most = -1;
    for (int32_t i = 0; i < run->count; i++) {
        const struct population_account *account = &run->accounts[i];
        bool is_more = account->tier == TIER_FREE &&
                       (most < 0 || account->requests > run->accounts[most].requests);
        most = is_more ? i : most;
    }
    if (most >= 0) {
        show(simulation, TIER_FREE, simulate_user_id(simulation, most));
    }
}

static struct err count_subscriptions(struct simulation *simulation, struct tx *tx) {
    struct cli_simulate_report *report = &simulation->report;
    struct lifecycle_page page;
    struct lifecycle_query query = {
        .place = -1, .stuck = -1, .after = STR(""), .max = LIFECYCLE_READ};
    TRY(lifecycle_page_read(&simulation->program.app, tx, &query, &page));
    for (size_t i = 0; i < page.count; i++) {
        int tier = page.entries[i].row.tier;
        if (simulation->shown[tier][0] == '\0') { /* the first of each plan */
            show(simulation, (enum tier)tier, page.entries[i].row.user_id);
        }
        report->accounts[tier]++;
        report->mrr_minor[tier] += page.entries[i].monthly.minor;
    }
    return OK;
}

static struct err check_model(const struct simulation *simulation) {
    for (int tier = TIER_FREE; tier < TIER_COUNT; tier++) {
        int64_t own = simulation->report.accounts[tier];
        int64_t aimed = simulation->model.accounts[tier] * simulation->model.years;
        if (own != aimed) {
            return cx_fail(simulation->cx, ERR(ERR_CORRUPT),
                           "The program has %" PRId64 " accounts on %s where %" PRId64
                           " were to be.",
                           own, tier_name((enum tier)tier), aimed);
        }
    }
    return OK;
}

struct err simulate_figures(struct simulation *simulation) {
    struct cli_simulate_report *report = &simulation->report;
    struct program *program = &simulation->program;
    struct cx cx;
    struct census census;
    arena_reset(&simulation->arena);
    cx_init(&cx, program->env, &simulation->arena);
    struct tx tx = app_read(&program->app, &cx);
    TRY(count_subscriptions(simulation, &tx));
    TRY(census_read(&tx, &census));
    count_acts(simulation);
    show_free(simulation);
    report->accounts[TIER_FREE] = census.customers - report->accounts[TIER_STARTER] -
                                  report->accounts[TIER_PROFESSIONAL] -
                                  report->accounts[TIER_ENTERPRISE];
    report->ended_at = app_now(&program->app).ms;
    report->invoices = census.invoices;
    report->invoices_paid = census.invoices_paid;
    report->payments_failed = census.attempts_failed;
    report->cases = census.cases;
    report->cases_recovered = census.cases_recovered;
    report->mails = census.mails;
    return check_model(simulation);
}

/* --- the folder --- */

static struct err hash_file(struct cx *cx, const char *path, char ret_text[SIMULATE_SHA256_TEXT]) {
    struct env_file *file = NULL;
    struct sha256_stream hash;
    uint8_t digest[SHA256_SIZE];
    uint64_t at = 0;
    size_t got = 0;
    char *bytes = env_alloc(cx->env, READ_SIZE);
    if (bytes == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct err err = cx->env->files.open(cx->env, path, ENV_READ, &file);
    sha256_begin(&hash);
    while (!err_failed(err)) {
        err = cx->env->files.read(file, at, bytes, READ_SIZE, &got);
        if (err_failed(err) || got == 0) {
            break;
        }
        sha256_add(&hash, str_of(bytes, got));
        at += got;
    }
    sha256_end(&hash, digest);
    str_hex(digest, sizeof digest, ret_text);
    if (file != NULL) {
        cx->env->files.close(file);
    }
    env_free(cx->env, bytes);
    return err;
}

static struct err compact_store(struct cx *cx, const char *path) {
    struct db *db = NULL;
    TRY(store_open_played(cx, path, &db));
    struct err err = db_compact(db);
    db_close(db);
    return err;
}

/* What SQLite leaves beside a database that was closed in order holds nothing. */
static void tidy(struct cx *cx, const char *path) {
    (void)unlink(arena_printf(cx->arena, "%s-wal", path).bytes);
    (void)unlink(arena_printf(cx->arena, "%s-shm", path).bytes);
}

static struct err seal_file(struct simulation *simulation, const char *path,
                            char ret_text[SIMULATE_SHA256_TEXT]) {
    struct stat file;
    struct cx *cx = simulation->cx;
    tidy(cx, path);
    TRY(hash_file(cx, path, ret_text));
    simulation->report.bytes += stat(path, &file) == 0 ? file.st_size : 0;
    return OK;
}

/* For whoever opens the folder: what it is, and whom to look at. */
static void describe(const struct simulation *simulation, struct json_writer *out) {
    char at[RFC3339_SIZE];
    rfc3339_format(simulation->report.ended_at, at);
    json_open_object(out);
    json_member_cstr(
        out, "seed",
        arena_printf(simulation->cx->arena, "%" PRIu64, simulation->options->seed).bytes);
    json_member_cstr(out, "endedAt", at);
    json_name(out, "accounts");
    json_open_object(out);
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        json_member_i64(out, tier_name((enum tier)tier), simulation->report.accounts[tier]);
    }
    json_close_object(out);
    json_name(out, "shown");
    json_open_array(out);
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        if (simulation->shown[tier][0] != '\0') {
            json_put_cstr(out, simulation->shown[tier]);
        }
    }
    json_close_array(out);
    json_close_object(out);
}

static struct err write_description(struct simulation *simulation, const char *path) {
    struct cx *cx = simulation->cx;
    const struct env_files *files = &cx->env->files;
    struct env_file *file = NULL;
    struct json_writer out;
    CLEANUP(buf_finish) struct buf text;
    buf_init(&text, cx->env, FILE_TEXT_MAX);
    json_writer_init(&out, &text);
    describe(simulation, &out);
    buf_add_char(&text, '\n');
    TRY(files->open(cx->env, path, ENV_WRITE_NEW, &file));
    struct err err = files->write(file, 0, text.bytes, text.len);
    err = err_failed(err) ? err : files->sync(file);
    files->close(file);
    return err;
}

struct err simulate_seal(struct simulation *simulation, const char *folder) {
    struct cx *cx = simulation->cx;
    const char *own = arena_printf(cx->arena, "%s/turnpike.db", folder).bytes;
    const char *sandbox = arena_printf(cx->arena, "%s/sandbox.db", folder).bytes;
    const char *about = arena_printf(cx->arena, "%s/" SIMULATION_FILE, folder).bytes;
    TRY(compact_store(cx, own));
    TRY(sandbox_compact(cx, sandbox));
    TRY(seal_file(simulation, own, simulation->report.sha256));
    TRY(seal_file(simulation, sandbox, simulation->report.sandbox_sha256));
    return write_description(simulation, about);
}
