/* `turnpike simulate`: what is asked for, checked; how far it has come; and what it came to. */
#include "cli/simulate.h"

#include <inttypes.h>
#include <string.h>

#include "base/rfc3339.h"
#include "base/shape.h"
#include "cli/args.h"
#include "cli/path.h"
#include "cli/run.h"

enum { FILE_MAX = 64 * 1024, DAY_MS = 24 * 60 * 60 * 1000, PERMILLE = 1000, PERCENT = 100 };

static struct err wrong(struct cli *cli, const char *sentence) {
    return cx_fail(cli->cx, ERR(ERR_FORMAT), "%s", sentence);
}

/* --- a population in a file --- */

#define AT(member) offsetof(struct cli_population, member)
#define NUMBER(name, doc, member, most)                                                            \
    { name, doc, SHAPE_I64, .offset = AT(member), .min = 0, .max = (most), .flags = SHAPE_OPTIONAL }
static const struct shape_field population_fields[] = {
    NUMBER("free", "Accounts on this plan after a year", accounts[0], SIMULATE_ACCOUNTS_MAX),
    NUMBER("starter", "The same", accounts[1], SIMULATE_ACCOUNTS_MAX),
    NUMBER("professional", "The same", accounts[2], SIMULATE_ACCOUNTS_MAX),
    NUMBER("enterprise", "The same; by contract", accounts[3], SIMULATE_ACCOUNTS_MAX),
    NUMBER("cancelledPermille", "Of paying accounts in 30 days", cancelled_permille, PERMILLE),
    NUMBER("downgradedPermille", "Of professional ones", downgraded_permille, PERMILLE),
    NUMBER("failingPermille", "Whose card comes to be declined", failing_permille, PERMILLE),
    NUMBER("mendedPercent", "Of those who owe, give another card", mended_percent, PERCENT),
    NUMBER("returningPercent", "Of purchases, by who had bought before", returning_percent,
           PERCENT),
    NUMBER("scoringPermille", "Of those who pay, say a score in 30 days", scoring_permille,
           PERMILLE),
    NUMBER("activePercent", "Of free accounts, in the busy hours of a working day", active_percent,
           PERCENT),
};
#undef AT
static const struct shape population_shape =
    SHAPE("Population", "Who is to be there after a year, and what they do", struct cli_population,
          population_fields);

static struct cli_population untouched(void) {
    struct cli_population population;
    memset(&population, 0xff, sizeof population); /* -1 each */
    return population;
}

static struct err refuse_field(struct cli *cli, const char *path,
                               const struct shape_errors *errors) {
    const struct shape_error *first = &errors->list[0];
    return cx_fail(cli->cx, ERR(ERR_FORMAT), "%.200s: " STR_FMT ": expected " STR_FMT ".", path,
                   STR_ARG(first->path), STR_ARG(first->expected));
}

static struct err decode(struct cli *cli, const char *path, struct str text,
                         struct cli_population *ret_population) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    CLEANUP(json_release) json_t *tree = json_read(text, &problem);
    if (tree == NULL) {
        return cx_fail(cli->cx, ERR(ERR_FORMAT), "%.200s is not JSON: line %d, column %d: %s", path,
                       problem.line, problem.column, problem.reason);
    }
    if (!shape_decode(&population_shape, tree, cli->cx->arena, ret_population, &errors)) {
        return refuse_field(cli, path, &errors);
    }
    return OK;
}

static struct err read_population(struct cli *cli, const char *path,
                                  struct cli_population *ret_population) {
    struct str text;
    struct err err = env_read_file(cli->cx->env, path, FILE_MAX, &text);
    if (err_failed(err)) {
        return cx_fail(cli->cx, ERR(ERR_FORMAT), "The population in %.200s cannot be read (%s).",
                       path, err_name(err.code));
    }
    err = decode(cli, path, text, ret_population);
    env_free(cli->cx->env, (char *)(uintptr_t)text.bytes);
    return err;
}

/* --- what is asked for --- */

static struct err choose_start(struct cli *cli, const struct args *args, int64_t *ret_start) {
    struct str day = args_text(args, "start");
    struct str text = arena_printf(cli->cx->arena, STR_FMT "T00:00:00Z", STR_ARG(day));
    struct civil civil = {0};
    bool is_day = rfc3339_parse(text, ret_start);
    civil = civil_from_ms(is_day ? *ret_start : 0);
    enum { YEAR_FIRST = 2000, YEAR_LAST = 2100 };
    return is_day && civil.year >= YEAR_FIRST && civil.year <= YEAR_LAST
               ? OK
               : wrong(cli, "--start is a day from 2000 to 2100, such as 2025-01-01.");
}

static struct err choose(struct cli *cli, const struct args *args, struct cli_simulate *options) {
    const char *population = args_value(args, "population");
    TRY(path_absolute(cli->cx, args_value(args, "data"), &options->data_dir));
    options->years = args_number(args, "years");
    options->days = args_number(args, "days");
    if (options->years > 1 && options->days != 365) {
        return wrong(cli, "--days makes one short year; --years cannot be more than 1 beside it.");
    }
    if (!str_to_u64(args_text(args, "seed"), &options->seed)) {
        return wrong(cli, "--seed is a whole number from 0 to 18446744073709551615.");
    }
    TRY(choose_start(cli, args, &options->start_ms));
    options->population = untouched();
    return population == NULL ? OK : read_population(cli, population, &options->population);
}

/* --- how far it has come --- */

struct display {
    struct cli *cli;
    uint64_t next_ns;
    bool is_shown;
};

static void show(void *context, const struct cli_simulate_progress *progress) {
    enum { TERMINAL_MS = 250, OTHER_MS = 5000 };
    static const uint64_t ns_per_ms = 1000000;
    struct display *display = context;
    struct cli *cli = display->cli;
    if (progress->elapsed_ns < display->next_ns) {
        return;
    }
    display->next_ns =
        progress->elapsed_ns + ns_per_ms * (cli->err_is_terminal ? TERMINAL_MS : OTHER_MS);
    char at[RFC3339_SIZE];
    rfc3339_format(progress->at, at);
    /* Thousandths of 365 days a minute. */
    uint64_t ms = progress->elapsed_ns / ns_per_ms + 1;
    uint64_t speed = (uint64_t)progress->day * 60000u * 1000u / 365u / ms;
    (void)fprintf(cli->err,
                  "%s%.10s  day %" PRId64 " of %" PRId64 "  free %" PRId64 ", starter %" PRId64
                  ", professional %" PRId64 ", enterprise %" PRId64 "  %" PRId64 " events  %" PRIu64
                  ".%02" PRIu64 " years/min%s",
                  cli->err_is_terminal ? "\r" : "turnpike: ", at, progress->day, progress->days,
                  progress->accounts[0], progress->accounts[1], progress->accounts[2],
                  progress->accounts[3], progress->events, speed / 1000, speed % 1000 / 10,
                  cli->err_is_terminal ? "\x1b[K" : "\n");
    (void)fflush(cli->err);
    display->is_shown = true;
}

static void wipe(const struct display *display) {
    if (display->is_shown && display->cli->err_is_terminal) {
        (void)fputs("\r\x1b[K", display->cli->err);
    }
}

/* --- what it came to --- */

static const char *const tiers[SIMULATE_TIERS] = {"free", "starter", "professional", "enterprise"};

static int64_t sum(const int64_t numbers[SIMULATE_TIERS]) {
    return numbers[0] + numbers[1] + numbers[2] + numbers[3];
}

/* "44,300.00" */
static struct str dollars(struct cli *cli, int64_t minor) {
    int64_t whole = minor / 100;
    struct arena *arena = cli->cx->arena;
    if (whole < 1000) {
        return arena_printf(arena, "%" PRId64 ".%02" PRId64, whole, minor % 100);
    }
    if (whole < 1000000) {
        return arena_printf(arena, "%" PRId64 ",%03" PRId64 ".%02" PRId64, whole / 1000,
                            whole % 1000, minor % 100);
    }
    return arena_printf(arena, "%" PRId64 ",%03" PRId64 ",%03" PRId64 ".%02" PRId64,
                        whole / 1000000, whole / 1000 % 1000, whole % 1000, minor % 100);
}

/* Thousandths. */
static uint64_t years_per_minute(const struct cli_simulate *options,
                                 const struct cli_simulate_report *report) {
    uint64_t ms = report->elapsed_ns / 1000000u + 1;
    return (uint64_t)(options->years * options->days) * 60000u * 1000u / 365u / ms;
}

static void print_table(struct cli *cli, const struct cli_simulate *options,
                        const struct cli_simulate_report *report) {
    FILE *out = cli->out;
    uint64_t speed = years_per_minute(options, report);
    int64_t mrr = sum(report->mrr_minor);
    for (int i = 0; i < SIMULATE_TIERS; i++) {
        (void)fprintf(out, "%-14s %8" PRId64 " accounts  %14s a month\n", tiers[i],
                      report->accounts[i], dollars(cli, report->mrr_minor[i]).bytes);
    }
    (void)fprintf(out, "%-14s %8" PRId64 " accounts  MRR $%s, ARR $%s\n\n", "all",
                  sum(report->accounts), dollars(cli, mrr).bytes, dollars(cli, mrr * 12).bytes);
    (void)fprintf(out,
                  "signed up %" PRId64 ", bought %" PRId64 " (%" PRId64 " again), upgraded %" PRId64
                  ", contracts %" PRId64 "; %" PRId64 " of these near a limit\n"
                  "downgraded %" PRId64 ", cancelled %" PRId64 "; scores said %" PRId64 "\n"
                  "invoices %" PRId64 ", of these paid %" PRId64 "; payments declined %" PRId64
                  "; cases of dunning %" PRId64 ", recovered %" PRId64 "\n"
                  "events of usage %" PRId64 " (%" PRId64 " rejected); mails %" PRId64 "\n\n",
                  report->signed_up, report->bought, report->returned, report->upgraded,
                  report->contracts, report->for_limits, report->downgraded, report->cancelled,
                  report->scores, report->invoices, report->invoices_paid, report->payments_failed,
                  report->cases, report->cases_recovered, report->events, report->events_rejected,
                  report->mails);
    (void)fprintf(out,
                  "%" PRIu64 ".%" PRIu64 " s, %" PRIu64 ".%02" PRIu64 " years a minute; %" PRId64
                  " bytes in %s\nSHA-256 of turnpike.db %s\nSHA-256 of sandbox.db  %s\n"
                  "Look at it: turnpike demo --data %s\n",
                  report->elapsed_ns / 1000000000u, report->elapsed_ns / 100000000u % 10,
                  speed / 1000, speed % 1000 / 10, report->bytes, options->data_dir, report->sha256,
                  report->sandbox_sha256, options->data_dir);
}

static void print_json(struct cli *cli, const struct cli_simulate *options,
                       const struct cli_simulate_report *report) {
    int64_t mrr = sum(report->mrr_minor);
    CLEANUP(buf_finish) struct buf text;
    struct json_writer out;
    buf_init(&text, cli->cx->env, FILE_MAX);
    json_writer_init(&out, &text);
    json_open_object(&out);
    json_name(&out, "accounts");
    json_open_object(&out);
    for (int i = 0; i < SIMULATE_TIERS; i++) {
        json_member_i64(&out, tiers[i], report->accounts[i]);
    }
    json_close_object(&out);
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"mrr", mrr},
        {"arr", mrr * 12},
        {"signedUp", report->signed_up},
        {"bought", report->bought},
        {"returned", report->returned},
        {"upgraded", report->upgraded},
        {"contracts", report->contracts},
        {"nearLimit", report->for_limits},
        {"downgraded", report->downgraded},
        {"cancelled", report->cancelled},
        {"scores", report->scores},
        {"invoices", report->invoices},
        {"invoicesPaid", report->invoices_paid},
        {"paymentsDeclined", report->payments_failed},
        {"cases", report->cases},
        {"casesRecovered", report->cases_recovered},
        {"events", report->events},
        {"eventsRejected", report->events_rejected},
        {"mails", report->mails},
        {"bytes", report->bytes},
        {"elapsedMs", (int64_t)(report->elapsed_ns / 1000000u)},
        {"milliYearsPerMinute", (int64_t)years_per_minute(options, report)},
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        json_member_i64(&out, numbers[i].name, numbers[i].value);
    }
    json_member_cstr(&out, "sha256", report->sha256);
    json_member_cstr(&out, "sandboxSha256", report->sandbox_sha256);
    json_close_object(&out);
    (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&text)));
}

int run_simulate(struct cli *cli, const struct args *args) {
    struct cli_simulate options = {0};
    struct cli_simulate_report report;
    struct display display = {.cli = cli};
    struct err err = choose(cli, args, &options);
    if (err_failed(err)) {
        return cli_fail(cli, err.code == ERR_FORMAT ? CLI_USAGE : CLI_FAILED, "%s",
                        cli->cx->detail);
    }
    options.progress = show;
    options.context = &display;
    err = cli->hooks->simulate(cli->cx, &options, &report);
    wipe(&display);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        print_json(cli, &options, &report);
    } else {
        print_table(cli, &options, &report);
    }
    return CLI_DONE;
}
